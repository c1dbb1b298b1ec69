"""What students write and print, made harmless for the browsers of teachers and students."""

from __future__ import annotations

import base64
import contextlib
import re
import secrets
from collections.abc import Iterator
from html import escape, unescape

from bs4 import BeautifulSoup
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbconvert.preprocessors.sanitize import SanitizeHTML
from nbformat import NotebookNode
from nbformat.v4 import new_output

from autograder.intake.cells import Refused
from autograder.intake.guard import guarded

MAX_IMAGE = 2_000_000  # characters of base64
MAX_RENDERED = 100_000  # characters of Markdown: some texts take time that grows with the square of their length
SECONDS = 5.0  # of CPU time for rendering one text
# fmt: off
TAGS = [
    "a", "b", "blockquote", "br", "code", "div", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "li", "ol",
    "p", "pre", "s", "span", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul",
]
# fmt: on
#: a picture that intake has attached to the cell (see intake/pictures.py)
PICTURE = re.compile(r"attachment:picture-[0-9a-f]{16}\.(?:png|jpeg|gif|webp)")
MARKUP = ("<", "&", "](", "]:")  # without any of these, Markdown makes no tag and no link


def harmless_markdown(source: str) -> str:
    """Markdown without active content: with any markup in it, it is rendered here and keeps harmless tags only.

    Attached pictures stay Markdown, between blocks of HTML, since nothing shows them from within HTML. What is
    longer than any answer, or cannot be rendered, is shown as it was written.
    """
    if not any(mark in source for mark in MARKUP):
        return source
    if len(source) <= MAX_RENDERED:
        with contextlib.suppress(Refused), guarded("Rendering the text", SECONDS):
            return rendered(source)
    lines = (escape(line) if line.strip() else "&nbsp;" for line in source.splitlines())
    return "\n".join(["<div><pre>", *lines, "</pre></div>"])


def rendered(source: str) -> str:
    renderer = Renderer(source)
    page = MarkdownWithMath(renderer=renderer).render(source)
    page = SanitizeHTML(tags=TAGS).sanitize_html_tags(page)
    return "\n\n".join(blocks(page, renderer))


def blocks(page: str, renderer: Renderer) -> Iterator[str]:
    """The HTML between pictures, and the pictures. A blank line would end a block of HTML."""
    for number, part in enumerate(re.split(f"{renderer.here}([0-9]+){renderer.here}", page)):
        if number % 2:
            yield renderer.pictures[int(part)]
            continue
        if renderer.pictures:
            part = str(BeautifulSoup(part, "html.parser"))  # closes what the picture has parted
        if re.sub(r"<[^>]*>", "", part).strip():
            yield "\n".join(["<div>", *(line for line in part.splitlines() if line.strip()), "</div>"])


class Renderer(IPythonRenderer):
    """Shows pictures that are attached to the cell, and names others, which would come from elsewhere."""

    def __init__(self, source: str) -> None:
        super().__init__(escape=False)
        self._attached = set(PICTURE.findall(source))
        self.pictures: list[str] = []
        #: stands around the number of a picture, where it is to be shown; nobody can write it who does not know it
        self.here = f"picture{secrets.token_hex(16)}x"

    def image(self, text: str, url: str, title: str | None = None) -> str:
        if url not in self._attached:
            return f"<em>[picture: {escape(text)}]</em>"
        alt = re.sub(r"[^\w ,.()-]+", " ", unescape(text)).replace("_", " ").strip()[:200]
        self.pictures.append(f"![{alt or 'picture of the student'}]({url})")
        return f"{self.here}{len(self.pictures) - 1}{self.here}"

    def block_html(self, html: str) -> str:
        return super().block_html(IMG.sub(self._tag, html))

    def inline_html(self, html: str) -> str:
        return super().inline_html(IMG.sub(self._tag, html))

    def _tag(self, found: re.Match[str]) -> str:
        return self.image("", found.group(1))


IMG = re.compile(rf"<img\b[^>]{{0,300}}?\bsrc\s{{0,9}}=\s{{0,9}}[\"']?({PICTURE.pattern})[^>]{{0,300}}>", re.IGNORECASE)


def picture_type(data: bytes) -> str | None:
    """What a picture is by its first bytes: "png", "jpeg", "gif", "webp", the kinds that hold no active content."""
    for kind, start in (
        ("png", b"\x89PNG\r\n\x1a\n"),
        ("jpeg", b"\xff\xd8\xff"),
        ("gif", b"GIF87a"),
        ("gif", b"GIF89a"),
    ):
        if data.startswith(start):
            return kind
    return "webp" if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else None


def harmless(output: NotebookNode) -> NotebookNode | None:
    """An output of the student with text and pictures only: no HTML, no JavaScript, no SVG, no widgets."""
    kind = output.get("output_type")
    if kind == "stream":
        return new_output("stream", name="stderr" if output.name == "stderr" else "stdout", text=str(output.text))
    if kind == "error":
        traceback = [str(line) for line in output.get("traceback", [])]
        return new_output(
            "error", ename=str(output.get("ename")), evalue=str(output.get("evalue")), traceback=traceback
        )
    data = output.get("data")
    if not isinstance(data, dict):
        return None
    kept = {"text/plain": str(data["text/plain"])} if "text/plain" in data else {}
    picture = data.get("image/png")
    metadata = {}
    if isinstance(picture, str) and len(picture) <= MAX_IMAGE and is_png(picture):
        kept["image/png"] = picture
        alt = output.get("metadata", {}).get("image/png", {}).get("alt")
        metadata = {"image/png": {"alt": alt[:1000]}} if isinstance(alt, str) else {}
    return new_output("display_data", kept, metadata=metadata) if kept else None


def is_png(picture: str) -> bool:
    try:
        return picture_type(base64.b64decode(picture, validate=False)) == "png"
    except ValueError:
        return False
