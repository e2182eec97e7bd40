"""Kinds, rules and error budgets of fields in words that a process owner knows."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import rules
from ocr.kinds import kind_names

KINDS: Mapping[str, object] = {
    "text": gettext_lazy("Freier Text"),
    "name": gettext_lazy("Name"),
    "person": gettext_lazy("Name mit Funktion (davon der Name)"),
    "title": gettext_lazy("Name mit Funktion (davon die Funktion)"),
    "street": gettext_lazy("Straße und Hausnummer"),
    "plz": gettext_lazy("Postleitzahl"),
    "plz_town": gettext_lazy("Postleitzahl und Ort"),
    "address": gettext_lazy("Anschrift über mehrere Zeilen"),
    "date": gettext_lazy("Datum"),
    "money": gettext_lazy("Geldbetrag"),
    "quantity": gettext_lazy("Anzahl oder Menge"),
    "number": gettext_lazy("Nummer mit Zusatz (davon die Ziffern)"),
    "digits": gettext_lazy("Nur Ziffern"),
    "iban": gettext_lazy("IBAN"),
    "bic": gettext_lazy("BIC"),
    "tax_id": gettext_lazy("Steuer-Identifikationsnummer"),
    "tax_number": gettext_lazy("Steuernummer"),
    "phone": gettext_lazy("Telefon"),
    "email": gettext_lazy("E-Mail"),
    "checkbox": gettext_lazy("Ein Kästchen (ja oder nein)"),
    "choice": gettext_lazy("Auswahl: mehrere Kästchen, eines davon"),
    "signature": gettext_lazy("Unterschrift"),
    "barcode": gettext_lazy("Strichcode oder QR-Code"),
}
RULES: Mapping[str, object] = {
    "bic": gettext_lazy("gültige BIC"),
    "chip_number": gettext_lazy("Chipnummer eines Tieres (15 Ziffern)"),
    "date": gettext_lazy("ein Tag, den es gibt"),
    "email": gettext_lazy("E-Mail-Adresse"),
    "iban": gettext_lazy("IBAN mit richtiger Prüfziffer"),
    "money": gettext_lazy("Geldbetrag"),
    "name": gettext_lazy("ein Name (keine Ziffern)"),
    "past_date": gettext_lazy("kein Tag in der Zukunft"),
    "phone": gettext_lazy("Telefonnummer"),
    "plz": gettext_lazy("Postleitzahl, die es gibt"),
    "tax_id": gettext_lazy("Steuer-ID mit richtiger Prüfziffer"),
}
USUAL_RULES: Mapping[str, tuple[str, ...]] = {
    "bic": ("bic",), "date": ("date",), "email": ("email",), "iban": ("iban",), "money": ("money",), "name": ("name",),
    "phone": ("phone",), "plz": ("plz",), "tax_id": ("tax_id",),
}  # fmt: skip
"""The rules that a field of a kind mostly has."""
MARKS = frozenset({"checkbox", "choice", "signature", "barcode"})
BUDGETS = (0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0005, 0.0001)


def kind_word(name: str) -> str:
    return str(KINDS.get(name, name))


def kinds() -> list[tuple[str, str]]:
    """All kinds, the usual ones first."""
    known = [name for name in KINDS if name in kind_names()]
    return [(name, kind_word(name)) for name in (*known, *(n for n in kind_names() if n not in KINDS))]


def rule_words() -> list[tuple[str, str]]:
    return [(name, str(RULES.get(name, name))) for name in rules.names()]


def budget_word(share: float) -> str:
    """An error budget in words: so many wrong values among so many may pass unseen."""
    among = round(1 / share)
    if abs(share * among - 1) < 1e-6:
        return _("höchstens 1 unter %(among)s") % {"among": f"{among:,}".replace(",", ".")}
    return _("höchstens %(wrong)s unter 1.000") % {"wrong": f"{share * 1000:g}".replace(".", ",")}


def budgets(now: float) -> list[tuple[str, str]]:
    """The budgets to choose from, the one that is set among them."""
    shares = BUDGETS if now in BUDGETS else sorted((*BUDGETS, now), reverse=True)
    return [(repr(share), budget_word(share)) for share in shares]
