"""A pure library: file in, fields out. Knows no database, queue or web."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ocr.confidence import Calibration
    from ocr.page import Reading
    from ocr.scanner import Scanner
    from ocr.spec import FormSpec
    from ocr.towns import Towns


def read(
    path: Path | str,
    specs: Mapping[str, FormSpec],
    *,
    form: str | None = None,
    scanner: Scanner | None = None,
    calibration: Calibration | None = None,
    towns: Towns | None = None,
) -> Reading:
    """Read one file: load, clean, find the form, lay the pages over it, read its fields.

    `specs` are the forms that may come; `form` names the one when it is known. A form that is not known is no error:
    the reading then has no fields, the decision "review" and the nearest guesses. `calibration` says what a confidence
    means and what may pass by each field's error budget; without one the reading's own score stands, from 0.90 on sure.
    `towns`, the register of places, makes postal codes and towns ask that do not go together.

    Raises:
        ScanProblem: S.. when the file cannot be read. FormProblem: F003 when `form` is not among `specs`.
    """
    from ocr import reading
    from ocr.load import shown_name

    start = time.perf_counter()
    reading.check_name(form, specs)
    pages, problems = reading.load(Path(path), scanner)
    sheets = reading.upright(reading.look(pages, specs), specs, form)
    name, guesses = reading.choose(sheets, specs, form)
    fields = reading.fields(sheets, specs[name], calibration, towns or {}) if name else ()
    problems += reading.several(sheets, specs[name]) if name else ()
    problems += reading.page_notes(sheets, specs[name], fields) if name else ()
    pages = tuple(sheet.page for sheet in sheets)
    return reading.result(shown_name(Path(path)), name, pages, fields, problems, guesses, start)
