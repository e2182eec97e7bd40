"""What people write in `config/scanners/*.toml`: which cleaning steps a scanner's pages need."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from ocr.errors import FormProblem

PaperName = Literal["A3", "A4", "A5", "letter", "legal"]


@dataclass(frozen=True, slots=True)
class Scanner:
    """One scanner profile: its steps on or off, and what its pages are like.

    The file `config/scanners/<name>.toml` has these keys and no others.

    `dpi`: for files that do not say theirs. `page_sizes`: papers it is fed with, the commonest first.
    `dropout`: the colour the forms are printed in, which is made white. `split`: sheets wider than high are cut
    in two pages. `perspective`: the page is looked for in a photo and made rectangular. `mask`: grey is kept
    only beside ink, everything else is white. `separators`: separator sheets are looked for.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    name: str
    title: str
    dpi: Annotated[float, Field(ge=50.0, le=1200.0)] | None = None
    page_sizes: tuple[PaperName, ...] = ("A4",)
    dropout: Literal["red", "green", "blue"] | None = None
    perspective: bool = False
    split: bool = False
    separators: bool = False
    orientation: bool = True
    streaks: bool = True
    border: bool = True
    punch_holes: bool = True
    background: bool = True
    skew: bool = True
    despeckle: bool = True
    mask: bool = True
    max_skew_deg: Annotated[float, Field(gt=0.0, le=15.0)] = 5.0


GENERIC = Scanner(name="generic", title="Beliebiger Scanner")
"""Used where nobody names a scanner: every step on."""


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
        profile = TypeAdapter(Scanner).validate_python(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise FormProblem("F021", f"{path.name}: nicht lesbar. Bitte die Rechte der Datei prüfen.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise FormProblem("F021", f"{path.name}: kein gültiges TOML ({error}). Bitte berichtigen.") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise FormProblem("F021", f"{path.name}: {where}: {first['msg']}. Bitte berichtigen.") from error
    if profile.name != path.stem:
        raise FormProblem("F021", f"{path.name}: name ist „{profile.name}“, die Datei heißt aber „{path.stem}“.")
    return profile
