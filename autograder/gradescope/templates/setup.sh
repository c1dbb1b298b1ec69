#!/usr/bin/env bash
# Gradescope runs this once, as root, when it builds the image: choose one with Python 3.11 to 3.14 (Ubuntu 24.04).
set -euo pipefail
cd /autograder/source
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq make python3 python3-venv
make install TORCH_INDEX=@TORCH_INDEX@
# Landlock keeps student code out of here; what holds the solutions is closed to its user as well.
chmod -R go-rwx /autograder/source/source
chmod go-rwx /autograder/source/gradescope.json
if [ -d /autograder/source/hidden ]; then chmod -R go-rwx /autograder/source/hidden; fi
