"""Figures with a description."""

from __future__ import annotations

import base64
import io
import textwrap
from typing import Any


def show(figure: Any, description: str) -> None:
    """Display a matplotlib figure with a text for those who cannot see it, and print that text below."""
    from IPython.display import display
    from matplotlib import pyplot

    figure.subplots_adjust(left=0.15, bottom=0.15)  # room for the labels; tight_layout takes as long as drawing
    picture = io.BytesIO()
    figure.savefig(picture, format="png", dpi=100, pil_kwargs={"compress_level": 1})
    pyplot.close(figure)
    data = {"image/png": base64.b64encode(picture.getvalue()).decode(), "text/plain": description}
    display(data, raw=True, metadata={"image/png": {"alt": description}})
    print(textwrap.fill(description, 100, break_on_hyphens=False))
