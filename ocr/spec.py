"""What people write in `config/forms/*.toml`: one form, its marks and its fields."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ocr import toml_words
from ocr.errors import FormProblem

BoxMm = tuple[float, float, float, float]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


Side = Literal["right", "below", "above", "left", "inside", "line"]


class PlaceSpec(Strict):
    """Where a value stands: on which side of its printed label.

    `labels` are spellings of the label (revisions differ); the value stands `place` of it: beside it on the
    line (`right`, `left`), under or over it (`below`, `above`; on the ruled line there, if one is), or anywhere
    in the ruled cell that holds the label (`inside`), or around it on its line, label included (`line`:
    "this _ day of _"). The zone ends at ruled lines, at other labels of the form, at `stop_labels`, and at
    `reach_mm` (width, height). `beside`: labels that end it on the right. `aside`: printed words in the zone that
    are no part of the value and do not end it (the second line of a long label).
    `half`: only what stands on that half of the page.
    `pattern`: a regular expression that the text must hold, else this place does not count.
    `trust`: the highest confidence that a value from this place may have.
    """

    labels: tuple[str, ...] = ()
    stop_labels: tuple[str, ...] = ()
    place: Side = "right"
    beside: tuple[str, ...] = ()
    aside: tuple[str, ...] = ()
    reach_mm: tuple[float, float] | None = None
    half: Literal["both", "left", "right"] = "both"
    pattern: str = ""
    trust: float = Field(default=1.0, ge=0.0, le=1.0)


class FimSpec(Strict):
    """The data field of the FIM catalogue (Föderales Informationsmanagement) that a field of a form stands for.

    `version` and `type` as the catalogue writes them ("1.2", "text").
    """

    id: str = Field(pattern=r"^F\d{8,11}$")
    version: str = Field(default="", pattern=r"^(\d{1,4}(\.\d{1,4}){0,2})?$")
    name: str = Field(default="", max_length=255)
    type: str = Field(default="", max_length=40)


class FieldSpec(PlaceSpec):
    """One field: where it stands, what it is, how sure it must be.

    A field hangs on its printed label(s) where `labels` is given, and on `box_mm` (x0, y0, x1, y1 in form
    coordinates, mm from the top left corner of the page) where labels are missing or not found. `also`: further
    places, tried in order where the ones before are not there or empty. `cells` is the number of equal character
    cells that `box_mm` is divided into by printed strokes (a comb), 0 where one writes freely. `lines`: how
    many lines of text the value may have.
    `table`, `row`: of a field that a table makes; such a field is `needed` where its row is not wholly empty.
    `double_keying`: two people type the value without seeing what was read; a reading alone never passes.
    `fim`: what it is called between authorities.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str
    kind: str = "text"
    page: int = Field(default=1, ge=1)
    also: tuple[PlaceSpec, ...] = ()
    box_mm: BoxMm | None = None
    options: dict[str, BoxMm | str] = Field(default_factory=dict)
    required: bool = False
    rules: tuple[str, ...] = ()
    lines: int = Field(default=1, ge=1)
    cells: int = Field(default=0, ge=0)
    error_budget: float = Field(default=0.001, gt=0, lt=1)
    hint: Literal["print", "hand", "both"] = "both"
    double_keying: bool = False
    table: str = ""
    row: int = 0
    needed: bool = False
    fim: FimSpec | None = None

    @property
    def places(self) -> tuple[PlaceSpec, ...]:
        """All places with a label, in the order in which they are tried."""
        return tuple(place for place in (self, *self.also) if place.labels)


class ColumnSpec(Strict):
    """One column of a table: `x_mm` are its left and right edge; `options`: the squares of a choice in the first row.

    `required`: in each row that is not wholly empty. All else as in `FieldSpec`.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str
    kind: str = "text"
    x_mm: tuple[float, float]
    options: dict[str, BoxMm] = Field(default_factory=dict)
    required: bool = False
    rules: tuple[str, ...] = ()
    lines: int = Field(default=1, ge=1)
    cells: int = Field(default=0, ge=0)
    error_budget: float | None = Field(default=None, gt=0, lt=1)
    double_keying: bool = False


class TableSpec(Strict):
    """Rows that are alike: `box_mm` is the first of them, `row_mm` how far they are apart (default: its height).

    Each cell becomes a field: `children` with the column `name` makes `children_1_name`, `children_2_name`, ...
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str
    page: int = Field(default=1, ge=1)
    box_mm: BoxMm
    rows: int = Field(ge=1, le=100)
    row_mm: float | None = Field(default=None, gt=0)
    column: tuple[ColumnSpec, ...] = Field(min_length=1)

    @property
    def pitch_mm(self) -> float:
        return self.row_mm or self.box_mm[3] - self.box_mm[1]

    def fields(self, error_budget: float) -> Iterator[FieldSpec]:
        """Its cells, row by row."""
        return (self._cell(row, column, error_budget) for row in range(1, self.rows + 1) for column in self.column)

    def _cell(self, row: int, column: ColumnSpec, error_budget: float) -> FieldSpec:
        down = (row - 1) * self.pitch_mm
        same = column.model_dump(include={"kind", "rules", "lines", "cells", "double_keying"})
        x0, x1 = column.x_mm
        return FieldSpec(
            name=f"{self.name}_{row}_{column.name}",
            title=f"{self.title} {row}: {column.title}",
            page=self.page,
            box_mm=_lower((x0, self.box_mm[1], x1, self.box_mm[3]), down),
            options={name: _lower(box, down) for name, box in column.options.items()},
            error_budget=column.error_budget or error_budget,
            table=self.name,
            row=row,
            needed=column.required,
            **same,
        )


def _lower(box: BoxMm, down: float) -> BoxMm:
    return box[0], round(box[1] + down, 2), box[2], round(box[3] + down, 2)


class AnchorSpec(Strict):
    """A printed phrase and its place on the blank form (mm): a fixed point when a scan is laid over the form."""

    text: str
    page: int = 1
    box_mm: BoxMm


class FormSpec(Strict):
    """One form. `marks` are printed phrases that only this form carries; `size_mm` is the page size.

    `anchor`: printed phrases with their places, spread over each page. `printed`: further printed phrases,
    never part of a value (headings, remarks in small print, stamps of the receiving office). `error_budget`: of every
    field that sets none of its own. `field` holds the cells of all `table`s, too.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str
    version: str = "1"
    language: tuple[str, ...] = Field(default=("deu",), min_length=1)
    pages: int = Field(default=1, ge=1)
    size_mm: tuple[float, float] = (210.0, 297.0)
    marks: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    not_marks: tuple[str, ...] = ()
    anchor: tuple[AnchorSpec, ...] = ()
    printed: tuple[str, ...] = ()
    error_budget: float | None = Field(default=None, gt=0, lt=1)
    field: tuple[FieldSpec, ...] = ()
    table: tuple[TableSpec, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def budget_of_fields(cls, data: Any) -> Any:
        """The form's budget for each field as written in a file."""
        if not isinstance(data, dict) or "error_budget" not in data:
            return data
        given = {"error_budget": data["error_budget"]}
        return {**data, "field": [given | f if isinstance(f, dict) else f for f in data.get("field", ())]}

    @model_validator(mode="after")
    def cells_are_fields(self) -> FormSpec:
        """The cells of the tables behind the other fields, once."""
        if any(f.row and f.table not in {table.name for table in self.table} for f in self.field):
            raise ValueError("table und row setzt nur eine [[table]]")
        alone = tuple(f for f in self.field if not f.row)
        usual = FieldSpec.model_fields["error_budget"].default if self.error_budget is None else self.error_budget
        cells = tuple(cell for table in self.table for cell in table.fields(usual))
        object.__setattr__(self, "field", alone + cells)
        return self

    @cached_property
    def fields_by_name(self) -> dict[str, FieldSpec]:
        return {f.name: f for f in self.field}


def parse_form(text: str, file: str) -> FormSpec:
    """One form description; `file` is how its problems call it.

    Raises:
        FormProblem: F001 when it is not valid TOML or a key is wrong; the message names key and file.
    """
    try:
        data = tomllib.loads(text)
        return FormSpec.model_validate(data)
    except tomllib.TOMLDecodeError as error:
        raise FormProblem("F001", f"{file}: {toml_words.no_toml(error)}. Bitte die Datei berichtigen.") from error
    except ValidationError as error:
        said = toml_words.told(error.errors()[0], data)
        raise FormProblem("F001", f"{file}: {said}. Bitte die Datei berichtigen.") from error


def load_form(path: Path) -> FormSpec:
    """Read one form description.

    Raises:
        FormProblem: F001 when the file cannot be read, or as in `parse_form`.
    """
    try:
        spec = parse_form(path.read_text(encoding="utf-8"), path.name)
    except OSError as error:
        raise FormProblem("F001", f"{path.name}: nicht lesbar. Bitte die Rechte der Datei prüfen.") from error
    except UnicodeDecodeError as error:
        raise FormProblem("F001", f"{path.name}: kein UTF-8. Bitte die Datei in UTF-8 speichern.") from error
    if spec.name != path.stem:
        raise FormProblem("F001", f"{path.name}: name ist „{spec.name}“, die Datei heißt aber „{path.stem}“.")
    return spec


def load_forms(folder: Path) -> dict[str, FormSpec]:
    """All forms of a folder by name. Raises FormProblem for the first wrong one."""
    return {path.stem: load_form(path) for path in sorted(folder.glob("*.toml"))}
