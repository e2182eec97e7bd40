"""A bar code, QR code or Data Matrix in the zone; the value is its text."""

from __future__ import annotations

import numpy as np
import zxingcpp

from ocr.kinds import Mark
from ocr.kinds.checkbox import find_ink
from ocr.page import Gray, Note
from ocr.spec import FieldSpec

WEAK = ("Codabar", "Code39", "Code 39", "ITF")
"""Codes that may be without a check digit: a misread bar makes another text."""
LEAST_INK = 0.05  # share of the zone: with so much ink something is printed or written there
SEVERAL = Note("K023", "Hier stehen mehrere verschiedene Strichcodes. Bitte am Bild entscheiden.")
ILLEGIBLE = Note("K024", "Der Strichcode ließ sich nicht lesen. Bitte die Nummer daneben abschreiben.")
UNCHECKED = Note("K025", "Dieser Strichcode hat keine Prüfziffer. Bitte mit der Nummer daneben vergleichen.")


def look(zone: Gray, dpi: float, field: FieldSpec) -> Mark:
    """The one code of the zone; the same code twice is one."""
    if zone.size == 0:
        return Mark(None, 0.0, (), "absent")
    read = zxingcpp.read_barcodes(np.ascontiguousarray(zone), text_mode=zxingcpp.TextMode.Plain)
    formats = {code.text: str(code.format) for code in read if code.text.strip()}
    if len(formats) > 1:
        return Mark(None, 0.1, (SEVERAL,), "illegible")
    for text, name in formats.items():
        weak = any(part in name for part in WEAK)
        return Mark(text, 0.6 if weak else 0.99, (UNCHECKED,) if weak else ())
    if float(find_ink(zone).mean()) > LEAST_INK:
        return Mark(None, 0.3, (ILLEGIBLE,), "illegible")
    return Mark(None, 0.95, (), "empty")
