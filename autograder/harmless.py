"""What students write and print, made harmless for the browsers of teachers and students."""

from __future__ import annotations

import base64
from html import escape

from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbconvert.preprocessors.sanitize import SanitizeHTML
from nbformat import NotebookNode
from nbformat.v4 import new_output

MAX_IMAGE = 2_000_000  # characters of base64
# fmt: off
TAGS = [
    "a", "b", "blockquote", "br", "code", "div", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "li", "ol",
    "p", "pre", "s", "span", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul",
]
# fmt: on
MARKUP = ("<", "&", "](", "]:")  # without any of these, Markdown makes no tag and no link


def harmless_markdown(source: str) -> str:
    """Markdown without active content: with any markup in it, it is rendered here and keeps harmless tags only."""
    if not any(mark in source for mark in MARKUP):
        return source
    page = MarkdownWithMath(renderer=WithoutPictures(escape=False)).render(source)
    page = SanitizeHTML(tags=TAGS).sanitize_html_tags(page)
    lines = [line for line in page.splitlines() if line.strip()]  # a blank line would end the block of HTML
    return "\n".join(["<div>", *lines, "</div>"])


class WithoutPictures(IPythonRenderer):
    """Names a picture instead of showing it: pasted ones are not handed on, others would come from elsewhere."""

    def image(self, text: str, url: str, title: str | None = None) -> str:
        return f"<em>[picture: {escape(text)}]</em>"


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
        return base64.b64decode(picture, validate=False).startswith(b"\x89PNG\r\n\x1a\n")
    except ValueError:
        return False
