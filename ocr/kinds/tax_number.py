"""German tax number (Steuernummer): "93815/08152", "181/815/08155", or thirteen digits (ELSTER). Value: digits only.

There is no check digit that is the same everywhere; what can be checked is the length and the layout of the states.
"""

from __future__ import annotations

from stdnum.de import stnr

from ocr.kinds import Parsed
from ocr.kinds.digits import parse as parse_digits
from ocr.page import Note

CHARS = "0123456789/ "
GRAMMAR = r"\d{2,3}[ /]\d{3,4}[ /]\d{4,5}|\d{5} ?/ ?\d{5}|0?\d{10,11}|\d{13}"
NO_LAYOUT = Note("K011", "So ist keine Steuernummer aufgebaut. Bitte mit dem Bild vergleichen oder nachfragen.")


def parse(text: str) -> Parsed | None:
    """1.0 in the layout of a state, 0.5 with letters taken for digits, 0.4 in no known layout."""
    read = parse_digits(text)
    if read is None or len(read.value) not in (10, 11, 13):
        return None
    if stnr.is_valid(read.value):
        return read
    return Parsed(read.value, 0.4, (*read.notes, NO_LAYOUT))
