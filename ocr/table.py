"""Rows of a table: which of them are used, and what is missing in those."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ocr.page import FieldReading, Note
from ocr.spec import FieldSpec, FormSpec

MISSING = Note("L018", "In dieser Zeile steht etwas, dieses Feld ist aber leer. Bitte am Bild nachsehen.")


def is_needed(field: FieldSpec, form: FormSpec, values: Mapping[str, str | None]) -> bool:
    """Whether a required cell stands in a row that somebody wrote into; a square that is not marked is nothing."""
    if not field.needed:
        return False
    row = (other.name for other in form.field if (other.table, other.row) == (field.table, field.row))
    return any(values.get(name) not in (None, "", "nein") for name in row)


def with_missing(form: FormSpec, read: tuple[FieldReading, ...]) -> tuple[FieldReading, ...]:
    """The readings; required cells that are empty in a row that is used ask. What cannot be read is writing, too."""
    values = {field.name: field.value or ("?" if field.state == "illegible" else None) for field in read}
    return tuple(
        replace(field, sure=False, group="", problems=(*field.problems, MISSING))
        if field.state == "empty" and is_needed(form.fields_by_name[field.name], form, values)
        else field
        for field in read
    )
