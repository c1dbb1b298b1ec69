"""`python -m labtools`: the check before handing in (see handin.py)."""

import sys
from pathlib import Path

from labtools.handin import main

sys.exit(main(Path.cwd()))
