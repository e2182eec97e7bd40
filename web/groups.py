"""Groups of fields that are calibrated together, and verdicts about their thresholds, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ocr.confidence import COMB, UNEVEN
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

VERDICTS: Mapping[Verdict, tuple[Any, str, str]] = {
    "kept": (_("bleibt"), "info", "info"),
    "proven": (_("bestätigt"), "check", "success"),
    "lowered": (_("gesenkt"), "arrow-down", "success"),
    "raised": (_("angehoben"), "arrow-up", "warning"),
    "asks": (_("fragt künftig immer"), "warning", "danger"),
    "new": (_("läuft künftig durch"), "add", "success"),
}
"""Words, icon and tone of KERN."""
WHY: Mapping[Verdict, Any] = {
    "kept": _("Die Stichprobe reicht noch nicht."),
    "proven": _("Die Stichprobe hält das Budget ein."),
    "lowered": _("Stichprobe und Antworten halten das Budget ein."),
    "raised": _("Zu viele Fehler in der Stichprobe; erst darüber hält sie das Budget ein."),
    "asks": _("Zu viele Fehler in der Stichprobe."),
    "new": _("Die Antworten belegen das Budget."),
}


def title(group: str) -> str:
    even = group.removesuffix(UNEVEN)
    kind = even.removesuffix(COMB)
    words = str(TITLES.get(kind, kind))
    if even.endswith(COMB):
        words = gettext("%(kind)s in Kästchen") % {"kind": words}
    return gettext("%(kind)s, ungleichmäßig geschrieben") % {"kind": words} if group.endswith(UNEVEN) else words
