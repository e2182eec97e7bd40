"""The form descriptions of this installation: every `*.toml` of this folder is one form."""

from __future__ import annotations

import os
from pathlib import Path

from ocr.spec import FormSpec, load_forms

FOLDER = Path(os.environ.get("LAUFZETTEL_FORMS", Path(__file__).parent))


def known_forms() -> dict[str, FormSpec]:
    """All forms by name. Raises FormProblem for the first wrong one."""
    return load_forms(FOLDER)
