"""Why a case went to a person, in a few words for a table (docs/problems has the whole)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from cases.counting import BLIND, UNSURE

WORDS: Mapping[str, Any] = {
    BLIND: _("Stichprobe"),
    UNSURE: _("wird abgetippt"),
    "L001": _("nicht lesbar"),
    "L002": _("Leseverfahren uneins"),
    "L003": _("nur ein Leseverfahren"),
    "L004": _("Stelle nicht gefunden"),
    "L005": _("Blatt liegt nicht sicher"),
    "L006": _("Pflichtfeld leer"),
    "L007": _("Wort ergänzt"),
    "L010": _("Formular nicht erkannt"),
    "L011": _("Formular mehrmals in der Datei"),
    "L012": _("Seite fehlt"),
    "L013": _("fremde Seite"),
    "L014": _("Datei sagt anderes, als zu sehen ist"),
    "L015": _("aus beiden Lesungen gebildet"),
    "L016": _("zu wenige Beispiele"),
    "L017": _("7 oder 1"),
    "L018": _("Lücke in der Zeile"),
    "L019": _("am Eingangsstempel geprüft"),
    "L020": _("nicht sicher genug"),
    "L021": _("Postleitzahl und Ort"),
    "V014": _("Formular nicht erkannt"),
    "V015": _("Formular gehört nicht zum Verfahren"),
    "V056": _("neue Fassung des Formulars"),
}


def words(code: str) -> str:
    """A code that is not known here stands for itself."""
    if code.startswith("R"):
        return f"{_('Regel nicht erfüllt')} ({code})"
    return str(WORDS.get(code, code))
