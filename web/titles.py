"""Forms and processes as people named them in `config/`, for titles and choices on the screen."""

from __future__ import annotations

from collections.abc import Mapping

from cases import catalog
from cases.models import Case
from ocr.spec import FieldSpec, FormSpec


def form_title(name: str) -> str:
    """The form's own title, or its name when the description is gone."""
    found = catalog.forms().get(name)
    return found.title if found else name


def process_title(name: str) -> str:
    found = catalog.processes().get(name)
    return found.title if found else name


def process_titles() -> list[tuple[str, str]]:
    """All processes with their titles, for a choice."""
    return [(name, process.title) for name, process in catalog.processes().items()]


def form_of(case: Case) -> FormSpec | None:
    """The description that read the case."""
    return catalog.form(case.form, case.form_version)


def fields_of(case: Case) -> Mapping[str, FieldSpec]:
    """The fields of its form by name; empty for an unknown form."""
    found = form_of(case)
    return found.fields_by_name if found else {}


def field_specs(form: str) -> Mapping[str, FieldSpec]:
    """The fields of a form as it is now, by name; empty for an unknown form."""
    found = catalog.forms().get(form)
    return found.fields_by_name if found else {}


def form_choices(process: str) -> list[tuple[str, str]]:
    """Which forms may be chosen for a case of this process, with their titles."""
    found = catalog.processes().get(process)
    names = (found.forms if found else ()) or tuple(catalog.forms())
    return [(name, form_title(name)) for name in names if name in catalog.forms()]
