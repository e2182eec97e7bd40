"""How a version of a form differs from the one in service, in words: fields added, removed, changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from ocr.spec import FieldSpec, FormSpec
from web import field_words


@dataclass(frozen=True, slots=True)
class Change:
    """One line: which field, what about it, from what to what. Of a field that came or went only `what`."""

    field: str
    what: str
    before: str = ""
    after: str = ""


def changes(before: FormSpec, after: FormSpec) -> list[Change]:
    """In the order of the new form; what is gone comes last. Nothing that differs is left out."""
    old, new = before.fields_by_name, after.fields_by_name
    found = [] if _around(before) == _around(after) else [Change("", _("Angaben zum Formular"))]
    for name, field in new.items():
        found += _of_field(old[name], field) if name in old else [Change(field.title, _("neu"))]
    return found + [Change(field.title, _("entfällt")) for name, field in old.items() if name not in new]


def _around(form: FormSpec) -> object:
    return form.model_dump(exclude={"field"})


def _of_field(before: FieldSpec, after: FieldSpec) -> list[Change]:
    told = [(_(what), words(before), words(after)) for what, (_names, words) in PROPERTIES.items()]
    found = [Change(after.title, what, one, other) for what, one, other in told if one != other]
    if _rest(before) != _rest(after):
        found.append(Change(after.title, _("Platz oder andere Merkmale auf dem Papier")))
    return found


def _rest(field: FieldSpec) -> object:
    return field.model_dump(exclude={name for name, _words in PROPERTIES.values()}), list(field.options.values())


def _yes(value: bool) -> str:
    return _("Ja") if value else _("Nein")


def _rules(field: FieldSpec) -> str:
    words = dict(field_words.rule_words())
    return ", ".join(str(words.get(name, name)) for name in field.rules) or _("keine")


def _fim(field: FieldSpec) -> str:
    fim = field.fim
    return " ".join(filter(None, (fim.id, fim.version, fim.name, fim.type))) if fim else _("keine")


PROPERTIES: Mapping[str, tuple[str, Callable[[FieldSpec], str]]] = {
    gettext_noop("Bezeichnung"): ("title", lambda field: field.title),
    gettext_noop("Art"): ("kind", lambda field: field_words.kind_word(field.kind)),
    gettext_noop("Pflichtfeld"): ("required", lambda field: _yes(field.required)),
    gettext_noop("Regeln"): ("rules", _rules),
    gettext_noop("Falsche Werte, die niemand sieht"): (
        "error_budget",
        lambda field: field_words.budget_word(field.error_budget),
    ),
    gettext_noop("doppelt erfassen"): ("double_keying", lambda field: _yes(field.double_keying)),
    gettext_noop("Zeilen"): ("lines", lambda field: str(field.lines)),
    gettext_noop("Zeichenkästchen"): ("cells", lambda field: str(field.cells)),
    gettext_noop("Antworten"): ("options", lambda field: ", ".join(field.options) or _("keine")),
    gettext_noop("FIM-Datenfeld"): ("fim", _fim),
}
