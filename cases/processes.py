"""What people write in `config/processes/*.toml` and `config/targets/*.toml`."""

from __future__ import annotations

import os
import tomllib
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from string import Formatter
from typing import Any, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from cases.hours import Hours, hours_of
from ocr import toml_words
from ocr.errors import FormProblem

LETTER_PLACES = frozenset({"reference", "process", "form", "received", "name", "until", "missing"})
"""What the text of a letter may be filled with."""


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SecondReview(Strict):
    """Which cases another person looks at after the first has confirmed them; any one of these is enough.

    `fields`: where a person, not the machine, decided one of them. `over`: where the amount in a field is higher.
    `share`: so many of all, 0 to 1, drawn at random. `first`: so many cases of every new version of a form.
    """

    always: bool = False
    fields: tuple[str, ...] = ()
    over: dict[str, Decimal] = Field(default_factory=dict)
    share: float = Field(default=0.0, ge=0.0, le=1.0)
    first: int = Field(default=0, ge=0)


class ReasonSpec(Strict):
    """Why an applicant is asked back (`use = "ask"`) or an application is rejected ("reject"), or either ("both").

    `text` is the body of a letter; in it stand {reference}, {process}, {form}, {received}, {name}, {until} (the day by
    which an answer is awaited) and {missing} (the fields without a value, a line each).
    """

    key: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str
    text: str
    use: Literal["ask", "reject", "both"] = "both"

    @field_validator("text")
    @classmethod
    def only_known_places(cls, given: str) -> str:
        try:
            names = {name for _, name, _, _ in Formatter().parse(given) if name is not None}
        except ValueError as error:
            raise ValueError("eine geschweifte Klammer steht allein") from error
        if unknown := names - LETTER_PLACES:
            raise ValueError(f"{{{min(unknown)}}} gibt es nicht; bekannt sind: {', '.join(sorted(LETTER_PLACES))}")
        return given


class ProcessSpec(Strict):
    """One kind of application: which forms may arrive, where they are entered, how they are reviewed.

    Without a target the way of a case ends at READY (Freigegeben). `name_fields` hold the applicant's name, the family
    name first: cases are searched by it. `second_review`: true, false or a table (`SecondReview`). `reasons`: to
    ask back or to reject. `fields`: which of our fields goes where in the target, over the target's own `[fields]`.
    `blind_share`: of all sure fields so many (0 to 1) go to a person all the same, who is not told
    (docs/howto/calibrate.md).
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str
    forms: tuple[str, ...] = ()
    target: str | None = None
    scanner: str = "generic"
    second_review: SecondReview = SecondReview()
    name_fields: tuple[str, ...] = ()
    reasons: tuple[ReasonSpec, ...] = ()
    blind_share: float = Field(default=0.0, ge=0.0, le=1.0)
    deadline_days: int = Field(default=14, ge=1)
    erase_after_days: int | None = Field(default=None, ge=1)
    fields: dict[str, Any] = Field(default_factory=dict)

    @field_validator("second_review", mode="before")
    @classmethod
    def yes_or_no_is_enough(cls, given: object) -> object:
        return {"always": given} if isinstance(given, bool) else given


class TargetSpec(Strict):
    """One line-of-business system. `fields` says which of our fields goes where; only the robot reads it. `settings`
    is what the robot needs besides, `secret_days` the age from which it warns of old credentials.

    `lease_s`: a worker silent for so long has lost its case. `quiet_s`: after an unclear outcome the target is
    left alone for so long before it is searched. `item_timeout_s`: the longest time a robot may take for one case.
    `retry_s`: the first pause after failures, doubled each time up to five minutes. `stop_after`: so many failures in
    a row stop the target until a person starts it again. `opening` ("Mo-Fr 06:00-20:00"; empty = always), `blackout`
    (the same, or "2026-12-24 12:00 bis 2026-12-27 06:00") and `holidays` (a federal state, "BW"): cases.hours.
    `dry_run`: everything but the submit, the case stays READY. `shadow`: enter nothing, compare with what a person
    entered by hand, and look again after `look_again_s` until it is there.
    `reconcile_every_h`: how often the ledger is compared with the target; 0 = only when somebody asks.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str
    robot: str
    queue: str
    url: str = ""
    secret: str = ""
    secret_days: int = Field(default=365, ge=1)
    sessions: int = Field(default=1, ge=1)
    cases_per_session: int = Field(default=25, ge=1)
    lease_s: float = Field(default=60, gt=0)
    quiet_s: float = Field(default=30, ge=0)
    item_timeout_s: float = Field(default=180, gt=0)
    linger_s: float = Field(default=2, ge=0)
    retry_s: float = Field(default=15, ge=0)
    stop_after: int = Field(default=10, ge=1)
    opening: tuple[str, ...] = ()
    blackout: tuple[str, ...] = ()
    holidays: str = ""
    reconcile_every_h: float = Field(default=24, ge=0)
    can_search: bool = True
    dry_run: bool = False
    shadow: bool = False
    look_again_s: float = Field(default=4 * 3600, ge=1)
    settings: dict[str, Any] = Field(default_factory=dict)
    fields: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def linger_within_lease(self) -> Self:
        """A session that waits for its next case does not renew its lease meanwhile."""
        if self.linger_s > self.lease_s / 2:
            raise ValueError("linger_s darf höchstens halb so lang sein wie lease_s")
        return self

    @model_validator(mode="after")
    def hours_can_be_read(self) -> Self:
        hours = self.hours
        if self.opening and hours.opens_at(datetime.now(UTC)) is None:
            raise ValueError("opening, blackout und holidays lassen keine Zeit übrig")
        return self

    @model_validator(mode="after")
    def one_rehearsal_at_a_time(self) -> Self:
        if self.dry_run and self.shadow:
            raise ValueError("dry_run und shadow schließen sich aus")
        if self.shadow and not self.can_search:
            raise ValueError("shadow braucht ein Zielsystem, in dem gesucht werden kann (can_search)")
        return self

    @property
    def hours(self) -> Hours:
        return hours_of(self.opening, self.blackout, self.holidays)

    @property
    def mode(self) -> Literal["enter", "dry_run", "shadow"]:
        """What a robot does with a case that is READY."""
        return "dry_run" if self.dry_run else "shadow" if self.shadow else "enter"

    @property
    def rehearsal(self) -> str:
        """What people are told beside the title while nothing is entered; else ""."""
        return {"dry_run": "Probelauf", "shadow": "Vergleichslauf", "enter": ""}[self.mode]


Spec = TypeVar("Spec", ProcessSpec, TargetSpec)


def load_processes(folder: Path) -> dict[str, ProcessSpec]:
    """All processes of a folder by name. Raises FormProblem F010 for the first wrong file."""
    return {path.stem: load(path, ProcessSpec) for path in sorted(folder.glob("*.toml"))}


def load_targets(folder: Path) -> dict[str, TargetSpec]:
    """All targets of a folder by name; LAUFZETTEL_TARGET_<NAME>_URL overrides `url`.

    Raises:
        FormProblem: F011 for the first wrong file.
    """
    found = {path.stem: load(path, TargetSpec) for path in sorted(folder.glob("*.toml"))}
    for spec in found.values():
        if spec.queue != f"enter.{spec.name}":
            raise FormProblem("F011", f"{spec.name}.toml: queue muss „enter.{spec.name}“ heißen.")
    return {name: with_own_url(spec) for name, spec in found.items()}


def with_own_url(spec: TargetSpec) -> TargetSpec:
    url = os.environ.get(f"LAUFZETTEL_TARGET_{spec.name.upper()}_URL")
    return spec.model_copy(update={"url": url}) if url else spec


def load(path: Path, kind: type[Spec]) -> Spec:
    code = "F010" if kind is ProcessSpec else "F011"
    try:
        spec = parse(path.read_text(encoding="utf-8"), path.name, kind)
    except UnicodeDecodeError as error:
        raise FormProblem(code, f"{path.name}: kein UTF-8. Bitte die Datei in UTF-8 speichern.") from error
    if spec.name != path.stem:
        raise FormProblem(code, f"{path.name}: name ist „{spec.name}“, die Datei heißt aber „{path.stem}“.")
    return spec


def parse(text: str, file: str, kind: type[Spec]) -> Spec:
    """One description; `file` is how its problems call it. Raises FormProblem F010, for a target F011."""
    code = "F010" if kind is ProcessSpec else "F011"
    try:
        data = tomllib.loads(text)
        return kind.model_validate(data)
    except tomllib.TOMLDecodeError as error:
        raise FormProblem(code, f"{file}: {toml_words.no_toml(error)}. Bitte die Datei berichtigen.") from error
    except ValidationError as error:
        said = toml_words.told(error.errors()[0], data)
        raise FormProblem(code, f"{file}: {said}. Bitte die Datei berichtigen.") from error
