"""Formulas in LaTeX as MathML, which browsers show without a script and without a network."""

from __future__ import annotations

import html
import re
from functools import lru_cache
from xml.etree.ElementTree import Element, tostring

from bs4 import BeautifulSoup
from latex2mathml.converter import Converter

MAX_FORMULA = 3000  # characters
# The forms that nbconvert's Markdown leaves for MathJax.
FORMULA = re.compile(
    r"\$\$(?P<display>.+?)\$\$|(?P<environment>\\begin\{(?P<name>[a-z]+\*?)\}.*?\\end\{(?P=name)\})"
    r"|(?<![\\$])\$(?P<inline>[^$]+?)(?<!\\)\$",
    re.DOTALL,
)
DEFINITION = re.compile(r"\\(re)?newcommand|\\provide|\\def|\\let|\\[gex]def|\\Declare")  # could grow without end
ALIGNED = re.compile(r"\\(begin|end)\{(?:aligned|split|gathered|gather\*?|multline\*?|eqnarray\*?)\}")
VERBATIM = ["code", "pre", "math", "script", "style"]
# fmt: off
TAGS = {
    "math", "menclose", "merror", "mfenced", "mfrac", "mi", "mmultiscripts", "mn", "mo", "mover", "mpadded",
    "mphantom", "mprescripts", "mroot", "mrow", "ms", "mspace", "msqrt", "mstyle", "msub", "msubsup", "msup", "mtable",
    "mtd", "mtext", "mtr", "munder", "munderover", "none",
}
ATTRIBUTES = {
    "accent", "accentunder", "close", "columnalign", "columnlines", "columnspacing", "depth", "display",
    "displaystyle", "fence", "form", "height", "largeop", "linethickness", "lspace", "mathsize", "mathvariant",
    "maxsize", "minsize", "movablelimits", "notation", "open", "rowalign", "rowlines", "rowspacing", "rspace",
    "scriptlevel", "separator", "separators", "stretchy", "symmetric", "voffset", "width", "xmlns",
}
# fmt: on


def formulas_to_mathml(soup: BeautifulSoup) -> None:
    """Replace each formula in the text of a page. One that cannot be converted stays readable, as LaTeX."""
    for text in soup.find_all(string=FORMULA):
        if text.find_parent(VERBATIM):
            continue
        parts, end = [], 0
        for match in FORMULA.finditer(text):
            parts += [html.escape(text[end : match.start()]), formula(match)]
            end = match.end()
        parts.append(html.escape(text[end:]))
        text.replace_with(BeautifulSoup("".join(parts), "html.parser"))


def formula(match: re.Match[str]) -> str:
    """HTML for one match of FORMULA."""
    display = match["inline"] is None
    latex = match["display"] or match["environment"] or match["inline"]
    converted = to_mathml(latex.strip(), display)
    return converted or f'<code class="latex">{html.escape(match[0])}</code>'


@lru_cache(maxsize=2000)
def to_mathml(latex: str, display: bool) -> str | None:
    """A formula as MathML without links, styles and scripts, or None where it cannot be converted."""
    if len(latex) > MAX_FORMULA or DEFINITION.search(latex):
        return None
    known = ALIGNED.sub(r"\\\1{align*}", latex)  # the library knows this one of the family
    try:
        tree = Converter(display="block" if display else "inline").convert_to_element(known)
        clean(tree)
    except Exception:  # the library knows many errors, and students write what they like
        return None
    tree.set("alttext", latex)
    return tostring(tree, encoding="unicode", short_empty_elements=False)


def clean(element: Element) -> None:
    """Keep harmless attributes only, and turn the library's own entities into characters.

    ValueError for what the library did not understand: it leaves unknown commands and stray separators as they are.
    """
    if element.tag not in TAGS or (element.tag == "mi" and re.match(r"\\[a-zA-Z]|&$", element.text or "")):
        raise ValueError(f"{element.tag} {element.text}")
    for name in set(element.attrib) - ATTRIBUTES:
        del element.attrib[name]
    element.text = html.unescape(element.text or "")
    element.tail = html.unescape(element.tail or "")
    for child in element:
        clean(child)
