"""A postal address in several lines; the value is its lines, joined by line breaks.

On a German form the lines that are street and house number or postal code and town are written as these kinds do;
the other lines (name, care of, country) stay as they stand.
"""

from __future__ import annotations

import re

from ocr.kinds import Parsed
from ocr.kinds.plz_town import parse as parse_plz_town
from ocr.kinds.street import parse as parse_street
from ocr.kinds.text import parse as parse_text
from ocr.page import Note

USES_LANGUAGE = True
NO_TOWN = Note("K017", "In dieser Anschrift wurde keine Postleitzahl mit Ort gelesen. Bitte am Bild nachsehen.")


def parse(text: str, language: str = "deu") -> Parsed | None:
    """The lowest quality of its lines; 0.7 where no line has postal code and town."""
    read = parse_text(text)
    if read is None or language != "deu":
        return read
    lines = re.sub(r",[ ]*(?=(?:D-)?\d{5} )", "\n", read.value).splitlines()
    towns = [parse_plz_town(line) for line in lines]
    place = next((n for n, town in enumerate(towns) if town), None)
    if place is None:
        return Parsed(read.value, min(0.7, read.quality), (NO_TOWN,))
    parts = [towns[n] if n == place else _line(line, n == place - 1) for n, line in enumerate(lines)]
    kept = [part for part in parts if part]
    notes = dict.fromkeys(note for part in kept for note in part.notes)
    return Parsed("\n".join(part.value for part in kept), min(part.quality for part in kept), tuple(notes))


def _line(line: str, before_town: bool) -> Parsed | None:
    """The line before the town is the street where it can be one."""
    street = parse_street(line) if before_town else None
    return street or parse_text(line)
