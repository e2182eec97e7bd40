"""What is wrong in the description of a form or a process, whether it lies in a file or was taught in the browser.

The codes: forms.E001 not readable, E002 unknown rule, E003 unknown kind, E004 place on the paper, E005 the same
name twice, E006 unknown form, E007 unknown target, E008 unknown scanner, E009 robot file missing, E010 options,
E011 pattern, E012 table, E013 unknown field.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from cases import rules
from cases.processes import ProcessSpec
from ocr.kinds import kind_names
from ocr.spec import BoxMm, FieldSpec, FormSpec, TableSpec

UNREADABLE = "forms.E001"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong in one file. `message` is German and says what is known."""

    file: str
    code: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}: ({self.code}) {self.message}"


def unknown(what: str, name: str, known: Iterable[str], field: FieldSpec | None = None) -> str:
    where = f" (Feld {called(field)})" if field else ""
    return f"{what} „{name}“ gibt es nicht; bekannt sind: {', '.join(known) or 'keine'}{where}"


def called(field: FieldSpec) -> str:
    """As people call it, and as files do."""
    return f"„{field.title}“ ({field.name})"


def of_form(form: FormSpec) -> Iterator[Finding]:
    file = f"{form.name}.toml"
    for name, count in Counter(spec.name for spec in form.field if spec.row <= 1).items():
        if count > 1:
            yield Finding(
                file, "forms.E005", f"Feld „{name}“ steht {count}-mal da; jeder Name darf nur einmal vorkommen."
            )
    yield from (Finding(file, "forms.E012", message) for table in form.table for message in _table(table))
    for spec in form.field:
        for message in _places(spec, form):
            yield Finding(file, "forms.E004", f"Feld {called(spec)}: {message}")
        if spec.row > 1:
            continue  # as in the first row
        for name in spec.rules:
            if name not in rules.names():
                yield Finding(file, "forms.E002", unknown("Regel", name, rules.names(), spec))
        if spec.kind not in kind_names():
            yield Finding(file, "forms.E003", unknown("Feldart", spec.kind, kind_names(), spec))
        for pattern in filter(_is_no_pattern, (place.pattern for place in (spec, *spec.also))):
            yield Finding(file, "forms.E011", f"Feld {called(spec)}: pattern „{pattern}“ ist kein regulärer Ausdruck.")
        if spec.kind == "choice" and len(spec.options) < 2:
            yield Finding(file, "forms.E010", f"Feld {called(spec)}: eine Auswahl braucht mindestens zwei options.")
    for anchor in form.anchor:
        outside = _outside(anchor.page, anchor.box_mm, form)
        if outside:
            yield Finding(file, "forms.E004", f"Anker „{anchor.text}“: {outside}")


def _table(table: TableSpec) -> Iterator[str]:
    """What no table can be: rows or columns that lie over each other, columns beside it, names that are there twice."""
    told = f"Tabelle „{table.title}“ ({table.name})"
    height = table.box_mm[3] - table.box_mm[1]
    if table.pitch_mm < height:
        yield f"{told}: row_mm = {table.pitch_mm:g} ist kleiner als die Zeile hoch ist ({height:g} mm)."
    for name, count in Counter(column.name for column in table.column).items():
        if count > 1:
            yield f"{told}: Spalte „{name}“ steht {count}-mal da; jeder Name darf nur einmal vorkommen."
    for column in table.column:
        x0, x1 = column.x_mm
        if not table.box_mm[0] <= x0 < x1 <= table.box_mm[2]:
            yield (
                f"{told}: Spalte „{column.title}“ mit x_mm = [{x0:g}, {x1:g}] liegt nicht in der Zeile "
                f"({table.box_mm[0]:g} bis {table.box_mm[2]:g} mm); gemeint ist [links, rechts]."
            )
    ordered = sorted(table.column, key=lambda column: column.x_mm)
    for left, right in pairwise(ordered):
        if right.x_mm[0] < left.x_mm[1]:
            yield f"{told}: die Spalten „{left.title}“ und „{right.title}“ überlappen sich (x_mm)."


def _is_no_pattern(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except re.error:
        return True
    return False


def _places(spec: FieldSpec, form: FormSpec) -> Iterator[str]:
    if spec.box_mm is None and not spec.places:
        yield "weder labels noch box_mm; ohne eines von beiden ist das Feld auf dem Papier nicht zu finden."
    boxes = [spec.box_mm, *(box for box in spec.options.values() if not isinstance(box, str))]
    for message in {_outside(spec.page, box, form) for box in boxes}:
        if message:
            yield message


def _outside(page: int, box: BoxMm | None, form: FormSpec) -> str | None:
    if not 1 <= page <= form.pages:
        return f"Seite {page} gibt es nicht; das Formular hat {form.pages}."
    if box is None:
        return None
    x0, y0, x1, y1 = box
    width, height = form.size_mm
    if x1 <= x0 or y1 <= y0:
        return f"box_mm {list(box)} ist leer; gemeint ist [links, oben, rechts, unten] in mm."
    if x0 < 0 or y0 < 0 or x1 > width or y1 > height:
        return f"box_mm {list(box)} liegt außerhalb der Seite ({width:g} mal {height:g} mm)."
    return None


def of_process(process: ProcessSpec, known: Mapping[str, tuple[str, ...]]) -> Iterator[Finding]:
    file = f"{process.name}.toml"
    for form in process.forms:
        if form not in known["forms"]:
            yield Finding(file, "forms.E006", unknown("Formular", form, known["forms"]))
    if process.target and process.target not in known["targets"]:
        yield Finding(file, "forms.E007", unknown("Ziel", process.target, known["targets"]))
    if process.scanner not in known["scanners"]:
        yield Finding(file, "forms.E008", unknown("Scannerprofil", process.scanner, known["scanners"]))


def of_fields(process: ProcessSpec, forms: Mapping[str, FormSpec]) -> Iterator[Finding]:
    """Fields that a process names must be on one of its forms (on any form where it names none)."""
    read = [forms[name] for name in process.forms or forms if name in forms]
    if len(read) < len(process.forms):
        return  # a form that is not there is a finding already
    known = sorted({spec.name for form in read for spec in form.field})
    rule = process.second_review
    for name in (*process.name_fields, *rule.fields, *rule.over):
        if name not in known:
            yield Finding(f"{process.name}.toml", "forms.E013", unknown("Feld", name, known))
