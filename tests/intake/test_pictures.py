"""Pictures that students put into their proofs are shown to people, and nothing else comes with them."""

import base64
import json
from pathlib import Path

import nbgrader.server_extensions.formgrader
import pytest
from bs4 import BeautifulSoup
from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_notebook

from autograder.check.bank import Entry, build
from autograder.course import Course, grade_id, is_solution, read_notebook
from autograder.intake import Intake, harmless_markdown, take_in
from autograder.report.feedback_page import Headings

NAME = "exercise2_chain_rule"
TEMPLATES = Path(nbgrader.server_extensions.formgrader.__file__).parent / "templates"
PNG, OTHER_PNG = (b"\x89PNG\r\n\x1a\n" + end for end in (b"one", b"two"))
JPEG, GIF, WEBP = b"\xff\xd8\xff\xe0", b"GIF89a", b"RIFF\0\0\0\0WEBP"
SVG, PAGE = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', b"<script>alert(1)</script>"


def attached(**pictures: bytes) -> dict:
    """Attachments of a cell; whatever they are, they say that they are PNG."""
    return {f"{name}.png": {"image/png": base64.b64encode(data).decode()} for name, data in pictures.items()}


@pytest.fixture
def right(course: Course) -> dict:
    return json.loads(build(Entry("right", ""), course)[NAME])


def write(notebook: dict, key: str, source: str, attachments: dict | None = None) -> dict:
    cell = next(cell for cell in notebook["cells"] if cell["id"] == key)
    return {**cell, "attachments": attachments or {}, "source": source, "place": notebook["cells"].index(cell)}


def take(course: Course, notebook: dict, *cells: dict) -> Intake:
    for cell in cells:
        notebook["cells"][cell.pop("place")] = cell
    masters = [read_notebook(folder / f"{NAME}.ipynb") for folder in (course.source, course.release)]
    return take_in(json.dumps(notebook).encode(), *masters)


def answer(intake: Intake, key: str) -> NotebookNode:
    (cell,) = [cell for cell in intake.notebook.cells if grade_id(cell) == key]
    return cell


def shown(cell: NotebookNode) -> list[bytes]:
    """The pictures of an answer that people see, the same in formgrader and in the feedback."""
    safe = new_markdown_cell(harmless_markdown(cell.source), attachments=cell.get("attachments", {}))
    exporter = HTMLExporter(template_name="formgrade", extra_template_basedirs=[str(TEMPLATES)])
    resources = {"base_url": "", "index": 0, "total": 1, "notebook_path": "", "student": "s01"}
    pages = [exporter.from_notebook_node(new_notebook(cells=[safe]), resources=resources)[0], Headings(2).to_html(safe)]
    seen = []
    for page in pages:
        images = BeautifulSoup(page, "html.parser").find_all("img", src=lambda source: "loading" not in source)
        assert all(set(image.attrs) == {"alt", "src"} and image["alt"] for image in images)
        seen.append([base64.b64decode(image["src"].partition(";base64,")[2]) for image in images])
    assert seen[0] == seen[1]
    return seen[0]


@pytest.mark.parametrize("data", [PNG, JPEG, GIF, WEBP])
@pytest.mark.parametrize(
    "source",
    [
        "![image.png](attachment:a.png)",
        "1. first\n2. so ![](attachment:a.png) **done**",
        "<img src='attachment:a.png'>",
    ],
)
def test_a_photographed_proof_is_shown(course: Course, right: dict, data: bytes, source: str) -> None:
    taken = take(course, right, write(right, "q03", source, attached(a=data)))
    assert shown(answer(taken, "q03")) == [data]
    assert taken.repairs == [] and "q03" not in taken.unwritten


def test_a_picture_in_the_text_is_shown(course: Course, right: dict) -> None:
    """As Colab writes it."""
    source = f"![proof](data:image/png;base64,{base64.b64encode(PNG).decode()})"
    assert shown(answer(take(course, right, write(right, "q03", source)), "q03")) == [PNG]


def test_pictures_of_one_name_stay_apart_when_cells_are_joined(course: Course, right: dict) -> None:
    first = write(right, "q03", "![](attachment:image.png)", attached(image=PNG))
    second = new_markdown_cell("and ![](attachment:image.png)", attachments=attached(image=OTHER_PNG))
    other = write(right, "q04", "![](attachment:my%20proof.png)", attached(**{"my proof": JPEG}))
    right["cells"][other.pop("place")] = other
    right["cells"].insert(first["place"] + 1, dict(second))
    taken = take(course, right, first)
    assert shown(answer(taken, "q03")) == [PNG, OTHER_PNG]
    assert shown(answer(taken, "q04")) == [JPEG]


def test_another_picture_is_another_answer(course: Course, right: dict) -> None:
    texts = [
        answer(take(course, right, write(right, "q03", "![](attachment:a.png)", attached(a=data))), "q03").source
        for data in (PNG, OTHER_PNG, PNG)
    ]
    assert texts[0] != texts[1] and texts[0] == texts[2]


@pytest.mark.parametrize(
    ("source", "attachments"),
    [
        ("![x](attachment:a.png)", attached(a=SVG)),
        ("![x](attachment:a.png)", attached(a=PAGE)),
        ("![x](attachment:a.png)", {"a.png": {"image/png": "no base64"}}),
        ("![x](attachment:a.png)", {"a.png": {"image/png": {"a": 1}}}),
        ("![x](attachment:a.png)", {"a.png": 7}),
        ("![x](attachment:a.png)", attached(a=PNG + bytes(10_000_000))),
        ("![x](attachment:b.png)", attached(a=PNG)),
        ("![x](attachment:picture-0123456789abcdef.png)", attached(a=PNG)),
        (f"![x](data:image/svg+xml;base64,{base64.b64encode(SVG).decode()})", {}),
    ],
)
def test_what_is_no_picture_is_left_out_and_said(course: Course, right: dict, source: str, attachments: dict) -> None:
    taken = take(course, right, write(right, "q03", source, attachments))
    assert shown(answer(taken, "q03")) == [] and "attachments" not in answer(taken, "q03")
    assert [line for line in taken.repairs if "picture in `q03` cannot be shown" in line]


def test_there_are_not_too_many(course: Course, right: dict) -> None:
    pictures = {f"a{number}": PNG + bytes([number]) for number in range(30)}
    source = "\n".join(f"![](attachment:{name}.png)" for name in pictures)
    taken = take(course, right, write(right, "q03", source, attached(**pictures)))
    assert shown(answer(taken, "q03")) == list(pictures.values())[:20]
    large = {name: PNG + name.encode() + bytes(9_000_000) for name in "abc"}
    source = "\n".join(f"![](attachment:{name}.png)" for name in large)
    taken = take(course, right, write(right, "q03", source, attached(**large)))
    assert len(answer(taken, "q03").attachments) == 2 and len(taken.repairs) == 1


@pytest.mark.parametrize(
    "source",
    [
        '![x](attachment:a.png "onerror=alert(1)") [y](javascript:alert(1))',
        '![x" onerror="alert(1)](attachment:a.png)',
        "![\\](javascript:alert(1)) <script>alert(1)</script>](attachment:a.png) \\[z\\](javascript:alert(1))",
        '<img onerror="alert(1)" src="attachment:a.png" onload="alert(1)"><script>alert(1)</script>',
        "![x](attachment:a.png)\n\n\\[z\\](javascript:alert(1))\n\n\\<svg onload=alert(1)>",
        "![x](attachment:a.png) ![y](attachment&#58;picture-0123456789abcdef.png) \ue0000\ue001 \ue00099\ue001",
    ],
)
def test_attacks_beside_a_picture(course: Course, right: dict, source: str) -> None:
    from tests.grade.test_feedback import active

    cell = answer(take(course, right, write(right, "q03", source, attached(a=PNG))), "q03")
    assert shown(cell) == [PNG]
    safe = new_markdown_cell(harmless_markdown(cell.source), attachments=cell.attachments)
    page = Headings(2).to_html(safe)
    assert active(page) == []
    assert not BeautifulSoup(page, "html.parser").find_all(["script", "svg"])
    assert not [
        link for link in BeautifulSoup(page, "html.parser").find_all("a") if "javascript" in link.get("href", "")
    ]


def test_only_text_answers_keep_pictures(course: Course, right: dict) -> None:
    for cell in right["cells"]:
        cell["attachments"] = attached(a=PNG)
        if cell["cell_type"] == "markdown" and cell["id"] != "q03":
            cell["source"] += "\n![](attachment:a.png)"
    taken = take(course, right)
    keep = [cell for cell in taken.notebook.cells if "attachments" in cell]
    assert all(is_solution(cell) and cell.cell_type == "markdown" for cell in keep) and "q03" not in map(grade_id, keep)
