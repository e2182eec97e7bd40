"""What people write in `config/scanners/*.toml`: which cleaning steps a scanner's pages need."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ocr.errors import FormProblem


@dataclass(frozen=True, slots=True)
class Scanner:
    """One scanner profile: each step on or off, and the largest skew that is looked for, in degrees."""

    name: str
    title: str
    orientation: bool = True
    border: bool = True
    punch_holes: bool = True
    background: bool = True
    skew: bool = True
    despeckle: bool = True
    max_skew_deg: float = 5.0


GENERIC = Scanner(name="generic", title="Beliebiger Scanner")
"""Used where nobody names a scanner: every step on."""


class ScannerFile(BaseModel):
    """The file `config/scanners/<name>.toml`. A step that is not named is on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str
    orientation: bool = True
    border: bool = True
    punch_holes: bool = True
    background: bool = True
    skew: bool = True
    despeckle: bool = True
    max_skew_deg: float = Field(default=5.0, gt=0.0, le=15.0)


def load_scanner(name: str, folder: Path) -> Scanner:
    """Read the profile `name` from `folder`. Only names of files in the folder are ever opened.

    Raises:
        FormProblem: F020 when there is no such profile; F021 when its file is wrong.
    """
    known = {path.stem: path for path in sorted(folder.glob("*.toml"))}
    if name not in known:
        raise FormProblem("F020", f"Scannerprofil „{name}“ gibt es nicht; bekannt sind: {', '.join(known)}.")
    path = known[name]
    try:
        profile = ScannerFile.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise FormProblem("F021", f"{path.name}: kein gültiges TOML ({error}). Bitte berichtigen.") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise FormProblem("F021", f"{path.name}: {where}: {first['msg']}. Bitte berichtigen.") from error
    if profile.name != path.stem:
        raise FormProblem("F021", f"{path.name}: name ist „{profile.name}“, die Datei heißt aber „{path.stem}“.")
    return Scanner(**profile.model_dump())
