"""Tables in the encodings that spreadsheets write, and what is none."""

import codecs
from pathlib import Path

import pytest

from autograder.course import CourseError, read_table

TEXT = 'id,name\ns01,"Żółć, ""太郎"""\n\n,\ns02,Zoë\n'
ROWS = [(1, ["id", "name"]), (2, ["s01", 'Żółć, "太郎"']), (5, ["s02", "Zoë"])]


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.replace("\n", "\r\n").encode("utf-16"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        TEXT.replace("id,name", "id\tname")
        .replace("s01,", "s01\t")
        .replace("\n,", "\n\t")
        .replace("s02,", "s02\t")
        .encode(),
        TEXT.replace("id,name", "id;name")
        .replace("s01,", "s01;")
        .replace("\n,", "\n;")
        .replace("s02,", "s02;")
        .encode(),
    ],
)
def test_what_spreadsheets_write(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "table.csv").write_bytes(data)
    assert read_table(tmp_path / "table.csv") == ROWS


def test_windows_1252_and_a_line_that_names_the_sign(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_bytes("sep=;\r\nid;name\r\ns01;Zoë – “Ö”\r\n".encode("cp1252"))
    assert [row for _, row in read_table(tmp_path / "table.csv")] == [["id", "name"], ["s01", "Zoë – “Ö”"]]


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"PK\3\4...", "spreadsheet's own"),
        (b"\xd0\xcf\x11\xe0...", "spreadsheet's own"),
        (TEXT.encode("utf-16-le"), "no text"),
        (b"id\x81\n", "no text"),
        (b"\xff\xfe\x00", "no text"),
    ],
)
def test_what_is_no_table_is_named(tmp_path: Path, data: bytes, word: str) -> None:
    (tmp_path / "table.csv").write_bytes(data)
    with pytest.raises(CourseError, match=rf"table\.csv .*{word}") as error:
        read_table(tmp_path / "table.csv")
    assert "\n" not in str(error.value)


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="cannot be read: No such file"):
        read_table(tmp_path / "table.csv")
    with pytest.raises(CourseError, match="cannot be read: Is a directory"):
        read_table(tmp_path)


def test_a_long_text_is_no_trouble(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text(f"id,text\ns01,{'x' * 1_000_000}\n")
    assert len(read_table(tmp_path / "table.csv")[1][1][1]) == 1_000_000
