"""A form description as people write it: TOML with short lines, in the order of `config/forms`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ocr import toml_text
from ocr.spec import AnchorSpec, FieldSpec, FormSpec, TableSpec

HEAD_KEYS = ("name", "title", "version", "language", "pages", "size_mm", "error_budget", "not_marks", "printed")
FIRST_KEYS = ("name", "title", "kind", "page", "box_mm")


def as_toml(spec: FormSpec, remarks: Iterable[str] = ()) -> str:
    """The text of a file that `load_form` reads as `spec` again; defaults are left out. `remarks` stand at its top."""
    parts = [toml_text.pairs(_given(spec, HEAD_KEYS)), *_marks(spec), *map(_anchor, spec.anchor), *_fields(spec)]
    parts += map(_rows, spec.table)
    head = "".join(f"# {remark}\n" for remark in remarks)
    return head + "\n\n".join(parts) + "\n"


def _given(spec: FormSpec | FieldSpec, keys: Iterable[str]) -> Iterator[tuple[str, object]]:
    fields = type(spec).model_fields
    for key in keys:
        value = getattr(spec, key)
        if fields[key].is_required() or value != fields[key].get_default(call_default_factory=True):
            yield key, value
        elif key in ("language", "pages", "size_mm", "kind", "page"):
            yield key, value  # a reader looks for these


def _marks(spec: FormSpec) -> Iterator[str]:
    if spec.marks:
        yield toml_text.table("[marks]", spec.marks.items())


def _anchor(anchor: AnchorSpec) -> str:
    return toml_text.table("[[anchor]]", (("text", anchor.text), ("page", anchor.page), ("box_mm", anchor.box_mm)))


def _fields(spec: FormSpec) -> Iterator[str]:
    usual = FieldSpec.model_fields["error_budget"].default if spec.error_budget is None else spec.error_budget
    for field in (field for field in spec.field if not field.row):
        keys = [key for key in FieldSpec.model_fields if key not in (*FIRST_KEYS, "options", "also", "error_budget")]
        pairs = [*_given(field, (*FIRST_KEYS, *keys))]
        if field.error_budget != usual:
            pairs.append(("error_budget", field.error_budget))
        yield "\n".join((toml_text.table("[[field]]", pairs), *_parts(field)))


def _parts(field: FieldSpec) -> Iterator[str]:
    if field.options:
        yield toml_text.table("[field.options]", field.options.items())
    for place in field.also:
        yield toml_text.table("[[field.also]]", place.model_dump(exclude_defaults=True).items())


def _rows(table: TableSpec) -> str:
    given = table.model_dump(exclude_defaults=True, exclude={"column"})
    columns = (toml_text.table("[[table.column]]", c.model_dump(exclude_defaults=True).items()) for c in table.column)
    return "\n".join((toml_text.table("[[table]]", given.items()), *columns))
