"""A process as people write it, in the order of `config/processes`."""

from __future__ import annotations

from cases.processes import ProcessSpec, SecondReview
from ocr import toml_text

HEAD_KEYS = ("name", "title", "forms", "target", "scanner", "name_fields", "deadline_days", "erase_after_days")
PARTS = ("second_review", "fields", "reasons")


def as_toml(spec: ProcessSpec) -> str:
    """The text of a file that is read as `spec` again; defaults are left out."""
    given = spec.model_dump(exclude_defaults=True)
    rest = [key for key in type(spec).model_fields if key not in (*HEAD_KEYS, *PARTS)]
    head = [(key, given[key]) for key in (*HEAD_KEYS, *rest) if key in given]
    parts = [toml_text.pairs(head)]
    if spec.second_review != SecondReview():
        parts.append(toml_text.table("[second_review]", given["second_review"].items()))
    if spec.fields:
        parts.append(toml_text.table("[fields]", spec.fields.items()))
    parts += [toml_text.table("[[reasons]]", r.model_dump(exclude_defaults=True).items()) for r in spec.reasons]
    return "\n\n".join(parts) + "\n"
