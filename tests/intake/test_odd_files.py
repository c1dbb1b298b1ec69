"""What students hand in instead of a notebook is read where that can be done, and else refused in plain words."""

import gzip
import io
import json
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.check.bank import Entry, build
from autograder.course import Course, read_notebook
from autograder.intake import Skeleton, find_notebooks, read_folder, rebuild
from autograder.intake.find import Found

SIDE_FILE = b"\0\5\x16\7" + bytes(100)  # of macOS, as ._name
NAME = "exercise1_gradient_descent"


@pytest.fixture(scope="module")
def right(course: Course) -> dict[str, bytes]:
    return {name: text.encode() for name, text in build(Entry("right", ""), course).items()}


def find(course: Course, folder: Path, files: dict[str, bytes]) -> dict[str, Found]:
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return find_notebooks(read_folder(folder), {name: skeleton(course, name) for name in course.notebooks()})


def skeleton(course: Course, name: str) -> Skeleton:
    return Skeleton(read_notebook(course.release / f"{name}.ipynb"))


def unwritten(course: Course, name: str, found: Found) -> set[str]:
    """The answers that did not arrive."""
    assert found.status == "graded", found.reason
    master = read_notebook(course.source / f"{name}.ipynb")
    return rebuild(found.cells, master, skeleton(course, name)).unwritten


def make_zip(files: dict[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return data.getvalue()


def make_tar(files: dict[str, bytes]) -> bytes:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as archive:
        for path, content in files.items():
            info = tarfile.TarInfo(path)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return data.getvalue()


@pytest.mark.parametrize(
    "name",
    [
        "{}.ipynb.txt", "{}.ipynb.json", "{}.json", "{}.txt", "{}", "{}.ipynb (1)", "{}.ipynb.download", "{}.ipynb ",
        "Kopie von {}.ipynb", "Über/çş ğ/{} – Kopie.ipynb", ".ipynb_checkpoints/{}-checkpoint.ipynb", "{}.IPYNB",
    ],
)  # fmt: skip
def test_names_that_browsers_and_systems_make(
    course: Course, tmp_path: Path, right: dict[str, bytes], name: str
) -> None:
    found = find(course, tmp_path, {name.format(stem): data for stem, data in right.items()})
    assert [unwritten(course, stem, each) for stem, each in found.items()] == [set()] * 3
    assert all("was handed in as" in each.repairs[0] for each in found.values())


def test_side_files_and_checkpoints_do_no_harm(course: Course, tmp_path: Path, right: dict[str, bytes]) -> None:
    files = {f"lab/{stem}.ipynb": data for stem, data in right.items()}
    files |= {f"{top}._{stem}.ipynb": SIDE_FILE for stem in right for top in ("__MACOSX/lab/", "lab/")}
    files |= {f"lab/.ipynb_checkpoints/{stem}-checkpoint.ipynb": b"{}" for stem in right}
    for number, each in enumerate([files, {"lab.zip": make_zip(files)}]):
        found = find(course, tmp_path / str(number), each)
        assert [unwritten(course, stem, each) for stem, each in found.items()] == [set()] * 3


def test_archives_in_an_archive(course: Course, tmp_path: Path, right: dict[str, bytes]) -> None:
    inner = {f"{stem}.zip": make_zip({f"{stem}.ipynb": data}) for stem, data in right.items()}
    found = find(course, tmp_path, {"lab.zip": make_zip(inner)})
    assert [unwritten(course, stem, each) for stem, each in found.items()] == [set()] * 3


def with_metadata(value: bytes) -> Callable[[bytes], bytes]:
    return lambda data: data.replace(b'"metadata": {}', b'"metadata": {"x": ' + value + b"}", 1)


@pytest.mark.parametrize(
    "change",
    [
        with_metadata(b"[NaN, -Infinity, 1e999, -0]"),
        with_metadata(b"9" * 5000),
        with_metadata(b"[" * 500 + b"]" * 500),
        with_metadata(b'"\\ud800"'),
        lambda data: data.replace(b'"cells":', b'"cells": [], "cells":'),
        lambda data: data.replace(b'"cell_type": "code"', b'"cell_type": "markdown", "cell_type": "code"'),
        lambda data: data + bytes(500),
        lambda data: data + data[2000:],
        lambda data: data.decode().encode("utf-16-le"),
        lambda data: data.decode().encode("utf-32"),
    ],
)
def test_strange_json(course: Course, tmp_path: Path, right: dict[str, bytes], change: Callable) -> None:
    data = change(right[NAME])
    assert data != right[NAME]
    assert unwritten(course, NAME, find(course, tmp_path, {f"{NAME}.ipynb": data})[NAME]) == set()


def in_markdown(cells: list[dict]) -> str:
    """As `jupytext --to md` writes it."""
    blocks = ["---\njupyter:\n  jupytext:\n    formats: md\n---\n"]
    for cell in cells:
        code = cell["cell_type"] == "code"
        blocks.append(
            f"```python\n{cell['source']}\n```\n"
            if code
            else f"<!-- #region -->\n{cell['source']}\n<!-- #endregion -->\n"
        )
    return "\n".join(blocks)


def in_light_format(cells: list[dict], marks: bool) -> str:
    """As `jupytext --to py` writes it, with nbgrader's marks or without."""
    blocks = ["# ---\n# jupyter:\n#   jupytext:\n#     text_representation:\n#       format_name: light\n# ---\n"]
    for cell in cells:
        own = marks and cell["metadata"].get("nbgrader")
        about = f" nbgrader={json.dumps(own)}" if own else ""
        text = cell["source"]
        if cell["cell_type"] == "markdown":
            text = "\n".join(f"# {line}".rstrip() for line in text.split("\n"))
            about = f" [markdown]{about}" if about else ""
        blocks.append(f"# +{about}\n{text}\n# -\n" if about or "\n\n" in text else f"{text}\n")
    return "\n".join(blocks)


@pytest.mark.parametrize(
    ("ending", "write"),
    [
        ("md", in_markdown),
        ("py", lambda cells: in_light_format(cells, True)),
        ("py", lambda cells: in_light_format(cells, False)),
    ],
)
def test_formats_of_jupytext(
    course: Course, tmp_path: Path, right: dict[str, bytes], ending: str, write: Callable
) -> None:
    files = {}
    for stem, data in right.items():
        cells = json.loads(data)["cells"]
        files[f"{stem}.{ending}"] = write([{**cell, "source": "".join(cell["source"])} for cell in cells]).encode()
    found = find(course, tmp_path, files)
    assert [unwritten(course, stem, each) for stem, each in found.items()] == [set()] * 3


REFUSED = {
    "empty": (f"{NAME}.ipynb", b"", "is empty"),
    "blank": (f"{NAME}.ipynb", b"\n \n", "is empty"),
    "zeros": (f"{NAME}.ipynb", bytes(5000), "filled with zeros"),
    "html": (f"{NAME}.html", b"<!DOCTYPE html>", "neither a notebook nor a zip archive"),
    "html named as a notebook": (f"{NAME}.ipynb", b"\n<!DOCTYPE html><p>log in", "a web page"),
    "pdf": (f"{NAME}.ipynb", b"%PDF-1.4 \xff", "a PDF"),
    "side file": (f"._{NAME}.ipynb", SIDE_FILE, "macOS"),
    "Git LFS": (f"{NAME}.ipynb", b"version https://git-lfs.github.com/spec/v1\noid sha256:1\n", "Git LFS"),
    "cut off download": (f"{NAME}.ipynb.crdownload", b'{"cells": [', "cut off"),
    "of unknown name": ("homework.ipynb", b'{"cells": [', "cut off"),
    "deep": (f"{NAME}.ipynb", b'{"metadata": ' + b"[" * 100_000, "nested deeper"),
    "script in no language": ("homework.ipynb", b'"""Notes"""\nnothing', "cannot be read"),
    "tar": ("lab.tar", make_tar({f"{NAME}.ipynb": b"{}"}), "a tar archive"),
    "tar.gz": ("lab.tar.gz", gzip.compress(b"x"), "gzip"),
    "tgz": ("lab.tgz", gzip.compress(b"x"), "gzip"),
    "7z": ("lab.7z", b"7z\xbc\xaf\x27\x1c\0", "7-Zip"),
    "rar": ("lab.rar", b"Rar!\x1a\7\1\0", "RAR"),
    "rar named as zip": ("lab.zip", b"Rar!\x1a\7\1\0", "RAR"),
    "empty zip": ("lab.zip", make_zip({}), "an empty zip archive"),
    "zip in zip in zip": (
        "a.zip",
        make_zip({"b.zip": make_zip({"c.zip": make_zip({"x": b""})})}),
        "archive in archives",
    ),
    "bomb": (
        "lab.zip",
        make_zip({f"{number}.ipynb": bytes(150_000_000) for number in range(3)}),
        "400 MB that are read",
    ),
    "hidden direction": (f"\u202e{NAME}.ipynb", b"{}", "control characters"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refusals_say_what_the_file_is(course: Course, tmp_path: Path, case: str) -> None:
    path, data, words = REFUSED[case]
    found = find(course, tmp_path, {path: data})[NAME]
    assert found.status == "refused" and words in found.reason and found.reason.endswith(".")
    assert found.reason.isprintable()


def test_one_bad_file_does_not_hide_the_good_ones(course: Course, tmp_path: Path, right: dict[str, bytes]) -> None:
    bad = {f"{number}-{path}": data for number, (path, data, _) in enumerate(REFUSED.values()) if len(data) < 10_000}
    found = find(course, tmp_path, bad | {f"{stem}.ipynb": data for stem, data in right.items()})
    assert [unwritten(course, stem, each) for stem, each in found.items()] == [set()] * 3


def test_scripts_that_begin_with_a_docstring_are_read(course: Course, tmp_path: Path) -> None:
    script = b'"""My work."""\n\ndef gradient(x1, x2):\n    return 2 * (x1 - 6) - x2, 2 * x2 - x1\n'
    found = find(course, tmp_path, {"work.py": script})
    assert "gradient-formula" not in unwritten(course, NAME, found[NAME])


@pytest.mark.parametrize(
    ("encoding", "letters", "said"),
    [
        ("cp932", "表示 ソース 能力", "Shift-JIS"),
        ("big5", "功能 許可", "Big5"),
        ("gb18030", "好的 謝謝", "Windows-1252"),
        ("cp1252", "Lösung für ß", "Windows-1252"),
    ],
)
def test_encodings_of_other_countries(
    course: Course, tmp_path: Path, right: dict[str, bytes], encoding: str, letters: str, said: str
) -> None:
    data = right[NAME].decode().replace("def gradient(", f"# {letters}\\ndef gradient(", 1).encode(encoding, "replace")
    found = find(course, tmp_path, {f"{NAME}.ipynb": data})[NAME]
    assert unwritten(course, NAME, found) == set()
    assert f"The file was not saved as UTF-8; it was read as {said}." in found.repairs
