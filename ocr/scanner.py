"""What people write in `config/scanners/*.toml`: which cleaning steps a scanner's pages need."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from ocr import toml_words
from ocr.errors import FormProblem

PaperName = Literal["A3", "A4", "A5", "letter", "legal"]
NAME = r"^[a-z0-9][a-z0-9_-]{0,63}$"
"""Names of profiles: they are file names, and they are typed."""


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

    name: Annotated[str, Field(pattern=NAME)]
    title: Annotated[str, Field(min_length=1)]
    dpi: Annotated[float, Field(ge=50.0, le=1200.0)] | None = None
    page_sizes: Annotated[tuple[PaperName, ...], Field(min_length=1)] = ("A4",)
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
    gray_pdf: bool = False
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
    return read_scanner(known[name])


def read_scanner(path: Path) -> Scanner:
    """The profile in this file.

    Raises:
        FormProblem: F021 when it is wrong; the sentence names the key and what is allowed.
    """
    try:
        profile = parse_scanner(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise FormProblem("F021", f"{path.name}: nicht lesbar. Bitte die Rechte der Datei prüfen.") from error
    except UnicodeDecodeError as error:
        raise FormProblem("F021", f"{path.name}: kein UTF-8. Bitte die Datei in UTF-8 speichern.") from error
    except tomllib.TOMLDecodeError as error:
        raise FormProblem("F021", f"{path.name}: {toml_words.no_toml(error)}. Bitte berichtigen.") from error
    except ValidationError as error:
        said = toml_words.told(error.errors()[0], {}, [field.name for field in fields(Scanner)])
        raise FormProblem("F021", f"{path.name}: {said}. Bitte berichtigen.") from error
    if profile.name != path.stem:
        raise FormProblem(
            "F021", f"{path.name}: name ist „{profile.name}“, die Datei heißt aber „{path.stem}“. Bitte angleichen."
        )
    return profile


def parse_scanner(text: str) -> Scanner:
    """The profile that this TOML says.

    Raises:
        TOMLDecodeError: when it is none.
        ValidationError: when a key or value is wrong.
    """
    return TypeAdapter(Scanner).validate_python(tomllib.loads(text))
