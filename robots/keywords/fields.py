"""Our fields under the target's names and in its spelling, and back. From `config/targets/<name>.toml`, `[fields]`.

applicant_last_name = "hal_name"                              written as it is
date_of_birth = { to = "hal_gebdat", write = "date_de" }      1970-02-01 <-> 01.02.1970
first_dog = { to = "hd_erst", write = "tick" }                ja / nein <-> J / N
iban = { to = "bank_iban", write = "compact" }                blanks do not count when compared
dogs_in_household = { to = "hd_anzahl", choices = { "3+" = "3" } }
reference = "fremdref"                                        our reference, the business key

`[settings]` of the same file is for the robot alone (`load_settings`).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

from robots.keywords.problems import Rejected, Unavailable

Writing = Literal["text", "date_de", "tick", "compact"]
TICKS = {"ja": "J", "nein": "N", None: "N"}


@dataclass(frozen=True, slots=True)
class FieldRule:
    """Where one of our fields goes and how it is spelled there."""

    to: str
    write: Writing = "text"
    choices: Mapping[str, str] = field(default_factory=dict)


Rules = Mapping[str, FieldRule]


def load_rules(target_file: Path) -> dict[str, FieldRule]:
    """The field rules of a target.

    Raises:
        Unavailable: Z008 when the file is missing or wrong (nothing was written yet).
    """
    try:
        table = tomllib.loads(target_file.read_text(encoding="utf-8"))["fields"]
        return {name: _rule(given) for name, given in table.items()}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Unavailable("Z008", f"{target_file.name}: der Abschnitt [fields] fehlt oder ist falsch.") from error


@dataclass(frozen=True, slots=True)
class Settings:
    """The `[settings]` of a target, for its robot alone."""

    target_file: Path
    table: Mapping[str, Any]

    def need(self, name: str) -> Any:
        """Raises Unavailable Z008 with the name that is missing."""
        if name not in self.table:
            raise Unavailable("Z008", f"{self.target_file.name}: in [settings] fehlt „{name}“. Bitte ergänzen.")
        return self.table[name]

    def get(self, name: str, default: Any = None) -> Any:
        return self.table.get(name, default)


def load_settings(target_file: Path) -> Settings:
    """What the robot of a target needs to know besides its fields; may be empty.

    Raises:
        Unavailable: Z008 when the file cannot be read.
    """
    try:
        return Settings(target_file, tomllib.loads(target_file.read_text(encoding="utf-8")).get("settings", {}))
    except (OSError, ValueError) as error:
        raise Unavailable("Z008", f"{target_file.name} kann nicht gelesen werden.") from error


def _rule(given: str | dict[str, Any]) -> FieldRule:
    rule = FieldRule(given) if isinstance(given, str) else FieldRule(**given)
    if not isinstance(rule.to, str) or rule.write not in get_args(Writing) or not isinstance(rule.choices, dict):
        raise ValueError(given)
    return rule


def over(rules: Rules, given: Mapping[str, Any]) -> dict[str, FieldRule]:
    """The rules with those of a process over them: what it sends to a place, nothing else of ours goes to.

    Raises:
        Unavailable: Z008 when one of them is wrong.
    """
    try:
        own = {name: _rule(rule) for name, rule in given.items()}
    except (ValueError, TypeError) as error:
        raise Unavailable("Z008", "Der Abschnitt [fields] des Verfahrens ist falsch.") from error
    places = {rule.to for rule in own.values()}
    return {name: rule for name, rule in rules.items() if rule.to not in places and name not in own} | own


def unknown(fields: Mapping[str, str | None], rules: Rules) -> list[str]:
    """Names of fields the target has no place for."""
    return sorted(set(fields) - set(rules))


def to_target(fields: Mapping[str, str | None], rules: Rules) -> dict[str, str]:
    """The values as the target wants them; a field that is empty becomes "".

    Raises:
        Rejected: Z011 when a value has no spelling there; the message names the field only.
    """
    return {rule.to: _written(name, fields.get(name), rule) for name, rule in rules.items()}


def _written(name: str, value: str | None, rule: FieldRule) -> str:
    if rule.write == "tick":
        if value not in TICKS:
            raise Rejected("Z011", f"Feld „{name}“: erwartet wird ja oder nein. Bitte den Wert prüfen.")
        return TICKS[value]
    if value is None or value == "":
        return ""
    if rule.choices:
        if value not in rule.choices:
            raise Rejected("Z011", f"Feld „{name}“: diese Auswahl gibt es im Zielsystem nicht. Bitte prüfen.")
        return rule.choices[value]
    if rule.write == "date_de":
        match = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", value, re.ASCII)
        if match is None:
            raise Rejected("Z011", f"Feld „{name}“: kein vollständiges Datum. Bitte den Wert prüfen.")
        return f"{match[3]}.{match[2]}.{match[1]}"
    return value


def from_target(seen: Mapping[str, str], rules: Rules) -> dict[str, str | None]:
    """What stands in the target, under our names and in our spelling. A spelling unknown to us stays as it is."""
    return {name: _read(seen[rule.to], rule) for name, rule in rules.items() if rule.to in seen}


def _read(text: str, rule: FieldRule) -> str | None:
    if rule.write == "tick":
        return {"J": "ja", "N": "nein", "": "nein"}.get(text.strip(), text)
    if not text.strip():
        return None
    if rule.choices:
        return {theirs: ours for ours, theirs in rule.choices.items()}.get(text.strip(), text)
    if rule.write == "date_de" and (match := re.fullmatch(r"(\d\d)\.(\d\d)\.(\d{4})", text.strip(), re.ASCII)):
        return f"{match[3]}-{match[2]}-{match[1]}"
    return text
