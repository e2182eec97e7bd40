"""Tables as CSV for spreadsheets of this country: semicolons, decimal comma, and no cell that would be run."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from django.http import HttpResponse

Cell = str | int | float | None
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""A cell that begins like this may be taken for a formula. Source: OWASP, CSV injection."""


def neutral(cell: Cell) -> str:
    """The cell as text; what people named never becomes a formula."""
    if cell is None:
        return ""
    if isinstance(cell, float):
        return f"{cell:.6g}".replace(".", ",")
    text = str(cell)
    dangerous = isinstance(cell, str) and (text.startswith(DANGEROUS) or text.lstrip().startswith(DANGEROUS))
    return f"'{text}" if dangerous else text


def table(name: str, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> HttpResponse:
    """A download; with a mark at its beginning, by which spreadsheets know UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(headings)
    writer.writerows([neutral(cell) for cell in row] for row in rows)
    answer = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer
