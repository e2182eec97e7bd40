"""How a version of a form differs from the one in service, in words: settings of the form, then its fields."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as told_by

from django.template.defaultfilters import floatformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from ocr.spec import AnchorSpec, BoxMm, FieldSpec, FormSpec, TableSpec
from ocr.spec_edit import alone, usual_budget
from web import field_words

LANGUAGES: Mapping[str, str] = {"deu": gettext_noop("Deutsch"), "eng": gettext_noop("Englisch")}


@dataclass(frozen=True, slots=True)
class Change:
    """One line: what about which field, table or phrase on the paper ("" = the form as a whole), from what to what.

    Of what came or went only `what`. `quoted`: both values are words of the office.
    """

    field: str
    what: str
    before: str = ""
    after: str = ""
    quoted: bool = told_by(default=False, compare=False)


def changes(before: FormSpec, after: FormSpec) -> list[Change]:
    """The form's own settings, then its fields in the order of the new form; what is gone comes last. Nothing that
    differs is left out.
    """
    old, new = before.fields_by_name, after.fields_by_name
    found = list(_of_form(before, after))
    for name, spec in new.items():
        found += _of_field(old[name], spec) if name in old else [Change(spec.title, _("neu"))]
    return found + [Change(spec.title, _("entfällt")) for name, spec in old.items() if name not in new]


def _of_form(before: FormSpec, after: FormSpec) -> Iterator[Change]:
    for what, (key, words) in SETTINGS.items():
        if (one := words(before)) != (other := words(after)):
            yield Change("", _(what), one, other, quoted=key in QUOTED)
    for page in sorted({*before.marks, *after.marks}):
        what = _("Woran das Formular erkannt wird (Seite %(page)s)") % {"page": page}
        yield from _of_phrases(what, before.marks.get(page, ()), after.marks.get(page, ()))
    yield from _of_phrases(_("Wörter, die nur auf anderen Formularen stehen"), before.not_marks, after.not_marks)
    yield from _of_phrases(_("Gedruckte Wörter, die kein Wert sind"), before.printed, after.printed)
    yield from _of_anchors(before.anchor, after.anchor)
    yield from _of_tables({one.name: one for one in before.table}, {one.name: one for one in after.table})
    yield from _of_phrases(_("Reihenfolge der Felder"), *_orders(before, after))


def _of_phrases(what: str, before: Sequence[str], after: Sequence[str]) -> Iterator[Change]:
    """Only what one side has and the other has not; all of them where only their order differs."""
    if tuple(before) == tuple(after):
        return
    gone, come = _listed(one for one in before if one not in after), _listed(one for one in after if one not in before)
    one, other = (gone, come) if gone or come else (_listed(before), _listed(after))
    yield Change("", what, one, other, quoted=True)


def _listed(phrases: Iterable[str]) -> str:
    return ", ".join(f"„{one}“" for one in phrases)


def _of_anchors(before: Sequence[AnchorSpec], after: Sequence[AnchorSpec]) -> Iterator[Change]:
    """By phrase, where it is printed; one may be printed several times."""
    for text in dict.fromkeys(one.text for one in (*before, *after)):
        one, other = (_printed_at(text, anchors) for anchors in (before, after))
        if one != other:
            yield Change(f"„{text}“", _("Fester Punkt auf dem Papier"), one, other)


def _printed_at(text: str, anchors: Iterable[AnchorSpec]) -> str:
    return "; ".join(_place(one.page, one.box_mm) for one in anchors if one.text == text)


def _of_tables(before: Mapping[str, TableSpec], after: Mapping[str, TableSpec]) -> Iterator[Change]:
    """What the rows have in common; each of their cells is a field besides."""
    for name, table in after.items():
        if name not in before:
            yield Change(table.title, _("neue Tabelle"))
            continue
        for what, (key, words) in TABLES.items():
            if (one := words(before[name])) != (other := words(table)):
                yield Change(table.title, _(what), one, other, quoted=key in QUOTED)
    yield from (Change(table.title, _("Tabelle entfällt")) for name, table in before.items() if name not in after)


def _columns(table: TableSpec) -> str:
    return ", ".join(f"{one.title} ({_mm(one.x_mm[0])}–{_mm(one.x_mm[1])} mm)" for one in table.column)


def _orders(before: FormSpec, after: FormSpec) -> tuple[list[str], list[str]]:
    """Of the fields that both have, those from the first to the last that stands elsewhere."""
    old, new = ({spec.name: spec.title for spec in alone(form)} for form in (before, after))
    one, other = [name for name in old if name in new], [name for name in new if name in old]
    moved = [at for at, (name, instead) in enumerate(zip(one, other, strict=True)) if name != instead]
    span = slice(moved[0], moved[-1] + 1) if moved else slice(0)
    return [new[name] for name in one[span]], [new[name] for name in other[span]]


def _of_field(before: FieldSpec, after: FieldSpec) -> list[Change]:
    found = [
        Change(after.title, _(what), one, other, quoted=keys[0] in QUOTED)
        for what, (keys, words) in PROPERTIES.items()
        if (one := words(before)) != (other := words(after))
    ]
    if _rest(before) != _rest(after):
        found.append(Change(after.title, _("andere Merkmale auf dem Papier")))
    return found


def _rest(spec: FieldSpec) -> object:
    told = {key for keys, _words in PROPERTIES.values() for key in keys}
    return spec.model_dump(exclude=told), list(spec.options.values())


def _yes(value: bool) -> str:
    return _("Ja") if value else _("Nein")


def _rules(spec: FieldSpec) -> str:
    words = dict(field_words.rule_words())
    return ", ".join(str(words.get(name, name)) for name in spec.rules) or _("keine")


def _fim(spec: FieldSpec) -> str:
    fim = spec.fim
    return " ".join(filter(None, (fim.id, fim.version, fim.name, fim.type))) if fim else _("keine")


def _mm(value: float) -> str:
    return str(floatformat(value, -2))


def _place(page: int, box: BoxMm) -> str:
    x0, y0, x1, y1 = box
    sides = {"x": x0, "y": y0, "width": x1 - x0, "height": y1 - y0}
    words = _("Seite %(page)s, links %(x)s, oben %(y)s, breit %(width)s, hoch %(height)s mm")
    return words % {"page": page, **{name: _mm(value) for name, value in sides.items()}}


def _field_place(spec: FieldSpec) -> str:
    return _place(spec.page, spec.box_mm) if spec.box_mm else _("Seite %(page)s") % {"page": spec.page}


def _languages(form: FormSpec) -> str:
    return ", ".join(_(LANGUAGES[one]) if one in LANGUAGES else one for one in form.language)


def _budget(form: FormSpec) -> str:
    words = field_words.budget_word(usual_budget(form))
    return words if form.error_budget is not None else _("%(budget)s (nicht eigens gewählt)") % {"budget": words}


QUOTED = frozenset({"title", "version", "options", "fim", "column"})
"""What the office wrote in its own words."""
SETTINGS: Mapping[str, tuple[str, Callable[[FormSpec], str]]] = {
    gettext_noop("Titel"): ("title", lambda form: form.title),
    gettext_noop("Stand des Vordrucks"): ("version", lambda form: form.version),
    gettext_noop("Sprache des Vordrucks"): ("language", _languages),
    gettext_noop("Seiten"): ("pages", lambda form: str(form.pages)),
    gettext_noop("Größe des Blattes"): ("size_mm", lambda form: " × ".join(map(_mm, form.size_mm)) + " mm"),
    gettext_noop("Falsche Werte, die niemand sieht (alle Felder)"): ("error_budget", _budget),
}
TABLES: Mapping[str, tuple[str, Callable[[TableSpec], str]]] = {
    gettext_noop("Titel der Tabelle"): ("title", lambda table: table.title),
    gettext_noop("Zeilen der Tabelle"): ("rows", lambda table: str(table.rows)),
    gettext_noop("Abstand der Zeilen"): ("row_mm", lambda table: f"{_mm(table.pitch_mm)} mm"),
    gettext_noop("Platz der ersten Zeile"): ("box_mm", lambda table: _place(table.page, table.box_mm)),
    gettext_noop("Spalten der Tabelle"): ("column", _columns),
}
PROPERTIES: Mapping[str, tuple[Sequence[str], Callable[[FieldSpec], str]]] = {
    gettext_noop("Bezeichnung"): (["title"], lambda spec: spec.title),
    gettext_noop("Art"): (["kind"], lambda spec: field_words.kind_word(spec.kind)),
    gettext_noop("Pflichtfeld"): (["required"], lambda spec: _yes(spec.required)),
    gettext_noop("Regeln"): (["rules"], _rules),
    gettext_noop("Falsche Werte, die niemand sieht"): (
        ["error_budget"],
        lambda spec: field_words.budget_word(spec.error_budget),
    ),
    gettext_noop("doppelt erfassen"): (["double_keying"], lambda spec: _yes(spec.double_keying)),
    gettext_noop("Zeilen"): (["lines"], lambda spec: str(spec.lines)),
    gettext_noop("Zeichenkästchen"): (["cells"], lambda spec: str(spec.cells)),
    gettext_noop("Antworten"): (["options"], lambda spec: ", ".join(spec.options) or _("keine")),
    gettext_noop("Platz"): (["page", "box_mm"], _field_place),
    gettext_noop("FIM-Datenfeld"): (["fim"], _fim),
}
