"""Groups of fields that are calibrated together, and verdicts about their thresholds, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from ocr.thresholds import Verdict

TITLES: Mapping[str, Any] = {
    "absent": _("Feld nicht gefunden"),
    "address": _("Anschrift"),
    "barcode": _("Strichcode"),
    "bic": _("BIC"),
    "checkbox": _("Ankreuzfeld"),
    "choice": _("Auswahl"),
    "date": _("Datum"),
    "digits": _("Ziffern"),
    "email": _("E-Mail"),
    "empty": _("leeres Feld"),
    "empty-by-label": _("leer neben der Aufschrift"),
    "iban": _("IBAN"),
    "money": _("Betrag"),
    "name": _("Name"),
    "number": _("Zahl"),
    "person": _("Person"),
    "phone": _("Telefon"),
    "plz": _("Postleitzahl"),
    "plz_town": _("Postleitzahl mit Ort"),
    "quantity": _("Menge"),
    "signature": _("Unterschrift"),
    "street": _("Straße"),
    "tax_id": _("Steuer-Identifikationsnummer"),
    "tax_number": _("Steuernummer"),
    "text": _("Text"),
    "title": _("Titel"),
}
UNEVEN = "-uneven"

VERDICTS: Mapping[Verdict, tuple[Any, str, str]] = {
    "kept": (_("bleibt"), "info", "info"),
    "proven": (_("bestätigt"), "check", "success"),
    "lowered": (_("gesenkt: beide Stichproben halten das Budget ein"), "arrow-down", "success"),
    "raised": (_("angehoben: zu viele Fehler in der Stichprobe"), "arrow-up", "warning"),
    "asks": (_("fragt: zu viele Fehler in der Stichprobe"), "warning", "danger"),
    "new": (_("neu: aus den Antworten gelernt"), "add", "info"),
}
"""Words, icon and tone of KERN."""


def title(group: str) -> str:
    kind = group.removesuffix(UNEVEN)
    words = str(TITLES.get(kind, kind))
    return _("%s, ungleichmäßig geschrieben") % words if group.endswith(UNEVEN) else words
