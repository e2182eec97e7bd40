"""Changes of a form description, one each: a `FormSpec` in, another one out. All else stays as it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from ocr.draft_names import slug
from ocr.spec import BoxMm, FieldSpec, FormSpec

LEAST_MM = 1.0
RIM_MM = 2.4
"""Paper around check squares: strokes there tell whether a mark was taken back."""
USUAL_SIZE_MM = (60.0, 7.0)
SQUARE_MM, SQUARE_GAP_MM = 4.0, 16.0


class NotPossible(ValueError):
    """A change that makes no sense. `key`: the property that is wrong. The message is for the person: `words`, German
    or as they were translated before, with what is `named` in their places.
    """

    def __init__(self, key: str, words: str, /, **named: object) -> None:
        super().__init__(words % named if named else words)
        self.key = key
        self.words = words
        self.named = named


def _(text: str) -> str:
    """Marks a text for the catalogue; `web` translates it."""
    return text


def alone(spec: FormSpec) -> tuple[FieldSpec, ...]:
    """The fields that can be changed one by one: all but the cells of tables."""
    return tuple(field for field in spec.field if not field.row)


def find(spec: FormSpec, name: str) -> FieldSpec:
    """Raises NotPossible when there is no such field (any more)."""
    found = next((field for field in alone(spec) if field.name == name), None)
    if found is None:
        raise NotPossible("name", _("Dieses Feld gibt es nicht mehr. Bitte die Seite neu laden."))
    return found


def with_head(spec: FormSpec, **changes: Any) -> FormSpec:
    """The form with another title, version, language, marks, …

    Raises:
        NotPossible: a value that no description may have.
    """
    given = {key: getattr(spec, key) for key in type(spec).model_fields}
    try:
        return FormSpec(**given | changes)
    except ValidationError as error:
        raise _told(error) from error


def with_budget(spec: FormSpec, share: float) -> FormSpec:
    """Another error budget of the form, and of all fields that had none of their own."""
    usual = usual_budget(spec)
    given = {key: getattr(spec, key) for key in type(spec).model_fields}
    fields = [f.model_copy(update={"error_budget": share}) if f.error_budget == usual else f for f in alone(spec)]
    try:
        return FormSpec(**given | {"error_budget": share, "field": tuple(fields)})
    except ValidationError as error:
        raise _told(error) from error


def usual_budget(spec: FormSpec) -> float:
    """The error budget of a field that sets none of its own."""
    usual: float = FieldSpec.model_fields["error_budget"].default
    return usual if spec.error_budget is None else spec.error_budget


def change(spec: FormSpec, name: str, /, **changes: Any) -> FormSpec:
    """One field with other properties.

    Raises:
        NotPossible: no such field, a name that is taken, or a value that it cannot have.
    """
    old = find(spec, name)
    given = {key: getattr(old, key) for key in type(old).model_fields}
    try:
        new = FieldSpec(**given | changes)
    except ValidationError as error:
        raise _told(error) from error
    if new.name != name and new.name in spec.fields_by_name:
        raise NotPossible("name", _("Den Namen „%(name)s“ hat schon ein anderes Feld."), name=new.name)
    if new.box_mm is not None:
        _check_place(spec, new.page, new.box_mm)
    return _with_fields(spec, (new if field is old else field for field in alone(spec)))


def retitle(spec: FormSpec, name: str, title: str, *, keep_name: bool = False) -> tuple[FormSpec, str]:
    """The field under another title; its name for programs follows where it came from the old title.

    Returns:
        The form, and what the field is called now.
    """
    old = find(spec, name)
    follows = not keep_name and _is_numbered(name, slug(old.title))
    new = unused_name(spec, title, but=name) if follows else name
    return change(spec, name, title=title, name=new), new


def _is_numbered(name: str, stem: str) -> bool:
    rest = name.removeprefix(stem)
    return name.startswith(stem) and (not rest or rest.removeprefix("_").isdigit())


def add(spec: FormSpec, title: str, page: int, box_mm: BoxMm | None = None, after: str = "") -> tuple[FormSpec, str]:
    """One more field, behind `after`, else at the end; returns the form and the field's name."""
    box = _tenths(box_mm or (20.0, 20.0, 20.0 + USUAL_SIZE_MM[0], 20.0 + USUAL_SIZE_MM[1]))
    _check_place(spec, page, box)
    new = FieldSpec(name=unused_name(spec, title), title=title, page=page, box_mm=box)
    fields = list(alone(spec))
    at = next((n for n, field in enumerate(fields, 1) if field.name == after), len(fields))
    return _with_fields(spec, [*fields[:at], new, *fields[at:]]), new.name


def remove(spec: FormSpec, name: str) -> FormSpec:
    gone = find(spec, name)
    return _with_fields(spec, (field for field in alone(spec) if field is not gone))


def shift(spec: FormSpec, name: str, by: int) -> FormSpec:
    """The field further up (-1) or down (+1) in the list."""
    fields = list(alone(spec))
    at = fields.index(find(spec, name))
    fields.insert(max(0, at + by), fields.pop(at))
    return _with_fields(spec, fields)


def place(spec: FormSpec, name: str, page: int, box_mm: BoxMm) -> FormSpec:
    """The field at another place. Where it is only moved, its squares go with it."""
    old, box = find(spec, name), _tenths(box_mm)
    _check_place(spec, page, box)
    options = dict(old.options)
    if old.box_mm is not None and _size(old.box_mm) == _size(box):
        dx, dy = box[0] - old.box_mm[0], box[1] - old.box_mm[1]
        options = {key: o if isinstance(o, str) else _moved(o, dx, dy) for key, o in options.items()}
    return change(spec, name, page=page, box_mm=box, options=options)


def with_kind(spec: FormSpec, name: str, kind: str, usual: Mapping[str, tuple[str, ...]]) -> FormSpec:
    """The field as another kind. A choice gets two squares to begin with; a square stands for itself again.

    `usual`: the rules that a field of a kind mostly has; they come and go with the kind, others stay.
    """
    old = find(spec, name)
    own = old.rules not in ((), usual.get(old.kind, ()))
    changes: dict[str, Any] = {"kind": kind, "rules": old.rules if own else usual.get(kind, ())}
    if kind == "choice" and not old.options and old.box_mm is not None:
        changes |= _two_squares(spec, old.box_mm)
    if kind != "choice":
        changes["options"] = {}
    if kind in ("checkbox", "choice", "signature"):
        changes |= {"cells": 0, "lines": 1}
    return change(spec, name, **changes)


def _two_squares(spec: FormSpec, box: BoxMm) -> dict[str, Any]:
    x, y = box[0] + RIM_MM, (box[1] + box[3] - SQUARE_MM) / 2
    squares = {
        answer: _tenths((x + at, y, x + at + SQUARE_MM, y + SQUARE_MM))
        for answer, at in (("ja", 0.0), ("nein", SQUARE_GAP_MM))
    }
    return {"options": squares, "box_mm": _around(spec, box, squares)}


def square(spec: FormSpec, name: str, option: str, box_mm: BoxMm) -> FormSpec:
    """One square of a choice at another place, or a new one; the field reaches around all of them."""
    field, box = find(spec, name), _tenths(box_mm)
    _check_place(spec, field.page, box)
    if not option.strip():
        raise NotPossible("option", _("Bitte die Antwort nennen, für die das Kästchen steht."))
    options = {**field.options, option.strip(): box}
    return change(spec, name, options=options, box_mm=_around(spec, field.box_mm, options))


def next_square(spec: FormSpec, name: str) -> tuple[FormSpec, str]:
    """One more square, beside the last one; returns the form and what it stands for until somebody says."""
    field = find(spec, name)
    boxes = [box for box in field.options.values() if not isinstance(box, str)]
    start = field.box_mm or (20.0, 20.0, 28.0, 28.0)
    last = boxes[-1] if boxes else (start[0] - 10, start[1] + RIM_MM, start[0] - 6, start[1] + RIM_MM + SQUARE_MM)
    step = last[0] - boxes[-2][0] if len(boxes) > 1 and last[1] == boxes[-2][1] else SQUARE_GAP_MM
    x = min(max(0.0, last[0] + step), spec.size_mm[0] - (last[2] - last[0]))
    option = next(text for n in range(1, 99) if (text := f"Antwort {len(boxes) + n}") not in field.options)
    return square(spec, name, option, (x, last[1], x + last[2] - last[0], last[3])), option


def rename_square(spec: FormSpec, name: str, option: str, new: str) -> FormSpec:
    field, new = find(spec, name), new.strip()
    if not new or (new != option and new in field.options):
        raise NotPossible("option", _("Jedes Kästchen braucht eine eigene Antwort."))
    return change(spec, name, options={new if key == option else key: box for key, box in field.options.items()})


def remove_square(spec: FormSpec, name: str, option: str) -> FormSpec:
    field = find(spec, name)
    return change(spec, name, options={key: box for key, box in field.options.items() if key != option})


def unused_name(spec: FormSpec, title: str, but: str = "") -> str:
    """A name for programs, made of a title, that no other field has."""
    stem, taken = slug(title), spec.fields_by_name.keys() - {but}
    return next(one for n in range(1, len(taken) + 3) if (one := stem if n == 1 else f"{stem}_{n}") not in taken)


def _with_fields(spec: FormSpec, fields: Iterable[FieldSpec]) -> FormSpec:
    return with_head(spec, field=tuple(fields))


def _check_place(spec: FormSpec, page: int, box: BoxMm) -> None:
    """Raises NotPossible where no paper is, or hardly any."""
    (x0, y0, x1, y1), (width, height) = box, spec.size_mm
    if not 1 <= page <= spec.pages:
        raise NotPossible("page", _("Das Formular hat %(pages)s Seiten."), pages=spec.pages)
    if not (x1 - x0 >= LEAST_MM and y1 - y0 >= LEAST_MM):
        raise NotPossible("box_mm", _("Ein Feld ist mindestens 1 mm breit und hoch."))
    if not (x0 >= 0 and y0 >= 0 and x1 <= width and y1 <= height):
        raise NotPossible(
            "box_mm",
            _("Das Feld ragt über die Seite hinaus (%(width)s mal %(height)s mm)."),
            width=f"{width:g}",
            height=f"{height:g}",
        )


def _around(spec: FormSpec, box: BoxMm | None, options: Mapping[str, BoxMm | str]) -> BoxMm | None:
    """`box`, made larger where squares with paper around them reach over it; not beyond the page."""
    rims = [_with_rim(one) for one in options.values() if not isinstance(one, str)]
    if not rims:
        return box
    x0s, y0s, x1s, y1s = zip(*rims, *([box] if box else []), strict=True)
    width, height = spec.size_mm
    return _tenths((max(0.0, min(x0s)), max(0.0, min(y0s)), min(width, max(x1s)), min(height, max(y1s))))


def _with_rim(box: BoxMm) -> BoxMm:
    return box[0] - RIM_MM, box[1] - RIM_MM, box[2] + RIM_MM, box[3] + RIM_MM


def _tenths(box: BoxMm) -> BoxMm:
    x0, y0, x1, y1 = (round(float(side), 1) for side in box)
    return x0, y0, x1, y1


def _size(box: BoxMm) -> tuple[float, float]:
    return round(box[2] - box[0], 1), round(box[3] - box[1], 1)


def _moved(box: BoxMm, dx: float, dy: float) -> BoxMm:
    return _tenths((box[0] + dx, box[1] + dy, box[2] + dx, box[3] + dy))


def _told(error: ValidationError) -> NotPossible:
    first = error.errors()[0]
    key = str(first["loc"][0]) if first["loc"] else "form"
    told = {
        "name": _("Nur Kleinbuchstaben, Ziffern und _, vorn ein Buchstabe (zum Beispiel familienname)."),
        "fim": _("Eine FIM-Kennung ist F mit 8 bis 11 Ziffern (F60000227), die Version Zahlen mit Punkten (1.2)."),
        "title": _("Bitte eine Bezeichnung eintragen."),
    }
    return (
        NotPossible(key, told[key]) if key in told else NotPossible(key, _("Das geht hier nicht (%(key)s)."), key=key)
    )
