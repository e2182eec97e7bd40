"""Small plots as SVG, made here: no script, no style attribute. The figures always stand in a table as well."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH, HEIGHT, GAP = 240, 48, 2


def bars(values: Sequence[float], words: str) -> SafeString:
    """One bar for each value, the highest as high as the plot; `words` say what is to be seen."""
    most, step = max((*values, 1)), WIDTH / max(len(values), 1)
    drawn = (
        (round(number * step + GAP / 2, 2), round(HEIGHT - value / most * HEIGHT, 2), round(step - GAP, 2),
         round(value / most * HEIGHT, 2))
        for number, value in enumerate(values)
        if value > 0
    )  # fmt: skip
    return format_html(
        '<svg class="plot" viewBox="0 0 {0} {1}" width="{0}" height="{1}" preserveAspectRatio="none" role="img"'
        ' aria-label="{2}"><line class="plot__ground" x1="0" y1="{1}" x2="{0}" y2="{1}"/>{3}</svg>',
        WIDTH,
        HEIGHT,
        words,
        format_html_join("", '<rect class="plot__bar" x="{}" y="{}" width="{}" height="{}"/>', drawn),
    )
