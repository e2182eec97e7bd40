"""Keywords between the entry protocol and the worker: what is to be entered, intent, receipt, problem."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Literal

from robot.api import logger
from robot.api.deco import keyword, library
from robot.api.types import Secret
from robot.libraries.BuiltIn import BuiltIn
from RPA.Robocorp.WorkItems import WorkItems

from robots.keywords import compare, fields
from robots.keywords.problems import MESSAGES, Refused, Rejected, Unavailable, after_intent, understood
from robots.keywords.values import Entry, Values
from robots.keywords.veil import VEIL
from robots.keywords.workitems import SlipAdapter

TARGETS = Path(os.environ.get("LAUFZETTEL_TARGETS", Path(__file__).parents[2] / "config" / "targets"))
PORTION = 5000
"""Records in one message to the worker, which takes at most 1 MiB."""


@library(scope="GLOBAL", auto_keywords=False, listener=VEIL)
class Slip:
    """The case in hand. Field values leave it only as `Values`, whose texts Robot Framework does not log."""

    def __init__(self) -> None:
        os.umask(0o077)  # screenshots show personal data
        self._usual: fields.Rules = {}
        self._rules: fields.Rules = {}
        self._compared: fields.Rules = {}
        self._fields: dict[str, str | None] = {}
        self._words_of_target = ""

    @property
    def _work_items(self) -> WorkItems:
        found: WorkItems = BuiltIn().get_library_instance("RPA.Robocorp.WorkItems")
        return found

    @property
    def _adapter(self) -> SlipAdapter:
        adapter = self._work_items.adapter
        if not isinstance(adapter, SlipAdapter):
            raise TypeError("RPA_WORKITEMS_ADAPTER must be robots.keywords.workitems.SlipAdapter")
        return adapter

    @keyword
    def current_entry(self) -> Entry:
        """The reserved case, its values under the names and in the spelling of the target."""
        self._words_of_target = ""
        item = self._adapter.item
        self._usual = fields.load_rules(TARGETS / f"{item['target']}.toml")
        self._rules = fields.over(self._usual, item.get("mapping", {}))
        self._fields = {**item["fields"], "reference": item["reference"]}
        self._compared = self._rules
        if item["mode"] == "shadow":  # a person who enters by hand has no need of our reference
            self._compared = {name: rule for name, rule in self._rules.items() if name != "reference"}
        if homeless := sorted(set(fields.unknown(self._fields, self._rules)) - {"reference"}):
            logger.info(f"Fields without a place in the target: {', '.join(homeless)}")
        values = fields.to_target(self._fields, self._rules)
        VEIL.cover_case({*values.values(), *self._fields.values()} - {item["reference"]})
        return Entry(item["id"], item["mode"], item["reference"], Values(values), self._business_key(values))

    def _business_key(self, values: dict[str, str]) -> Values:
        """All of the key or nothing: with a part left empty it would find other people's records."""
        names = self.target_settings().get("business_key", [])
        if missing := [name for name in names if name not in self._usual]:
            raise Unavailable("Z008", f"business_key: {', '.join(missing)} steht nicht in [fields].")
        key = {self._usual[name].to: values[self._usual[name].to] for name in names}
        return Values(key if all(key.values()) else {})

    @keyword
    def target_settings(self) -> fields.Settings:
        """The `[settings]` of the target of the case in hand."""
        return fields.load_settings(TARGETS / f"{self._adapter.item['target']}.toml")

    @keyword
    def target_names(self) -> list[str]:
        """Names of all fields in the target."""
        return [rule.to for rule in self._rules.values()]

    @keyword
    def journal_intent(self, entry: Entry) -> None:
        """Have the worker write down, durably, that this case is about to be submitted.

        Without its yes nothing may be submitted: this keyword fails then.
        """
        sent = json.dumps({"reference": entry.reference, "values": entry.values.plain}, sort_keys=True)
        answer = self._adapter.journal_intent(hashlib.sha256(sent.encode()).hexdigest())
        if answer.get("ok") is not True:
            raise Unavailable("Z007")

    @keyword
    def differing_fields(self, seen: Values) -> list[str]:
        """Names of the fields that stand differently in the target."""
        return compare.differing(self._fields, fields.from_target(seen.plain, self._rules), self._compared)

    @keyword
    def send_receipt(
        self,
        outcome: Literal["entered", "found", "none", "several", "different", "tried"],
        number: str | None = None,
        seen: Values | None = None,
        screenshot: str | None = None,
    ) -> None:
        """Hand the result to the worker as the output of the work item."""
        self._adapter.create_output(
            self._adapter.item["id"],
            {
                "outcome": outcome,
                "record_number": number,
                "read_back": fields.from_target(seen.plain, self._rules) if seen else {},
                "screenshot": screenshot,
            },
        )

    @keyword
    def send_listing(self, records: dict[str, str]) -> None:
        """Hand over which records stand in the target: its number and our reference, of each. In portions."""
        pairs = sorted(records.items())
        for start in range(0, len(pairs) or 1, PORTION):
            portion = dict(pairs[start : start + PORTION])
            self._adapter.create_output(self._adapter.item["id"], {"outcome": "listed", "records": portion})

    @keyword
    def target_rejects(self, words: Secret) -> None:
        """Fail because the target does not accept the values. Its own words go to the clerk, not into a log."""
        self._keep_words(words)
        raise Rejected("Z010")

    @keyword
    def target_refused(self, words: Secret) -> None:
        """Fail because the submit was answered by a refusal and surely nothing was written. Only where that is sure."""
        self._keep_words(words)
        raise Refused

    def _keep_words(self, words: Secret) -> None:
        self._words_of_target = " · ".join(line.strip() for line in words.value.splitlines() if line.strip())

    @keyword
    def target_unavailable(self, code: str, message: str = "") -> None:
        """Fail because the target cannot be used now: Z001 away, Z002 maintenance, Z003 login, Z004 unexpected."""
        raise Unavailable(code, message)

    @keyword
    def release_with_problem(self, error: str) -> str:
        """Release the case as failed. Says how to go on: "next", "reopen" the session first, or "stop"."""
        failure = understood(error)
        if self._adapter.intent_journaled:
            failure = after_intent(failure)
        message = failure.message
        if failure.code in ("Z010", "Z012") and self._words_of_target:
            message = f"{MESSAGES[failure.code]} Es meldet: „{self._words_of_target}“"
        self._work_items.release_input_work_item("FAILED", failure.kind, failure.code, message)
        if failure.kind == "BUSINESS":
            return "next"
        return "stop" if failure.ends_the_session else "reopen"
