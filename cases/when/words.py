"""From plain German words to a rule: "werktags 6 bis 20 Uhr, alle 10 Minuten", "jeden ersten Werktag um 6 Uhr".

The sentence is read from left to right, a piece at a time. Each pattern of `PIECES` is one thing that people say; it
adds days or times to the clause at hand. Days that follow complete times begin the next clause.
"""

from __future__ import annotations

import difflib
from functools import lru_cache

from cases.when import cron
from cases.when.draft import Draft, NotUnderstood
from cases.when.pieces import DAY_NAMES, MONTHS, PIECES, add_step, normal
from cases.when.rule import Rule

EXAMPLES = (
    "täglich 22 Uhr",
    "werktags 6 bis 20 Uhr, alle 10 Minuten",
    "montags bis freitags um 7:30",
    "dienstags und donnerstags um 8, 12 und 16 Uhr",
    "jeden ersten Werktag im Monat um 6 Uhr",
    "am 1. und 15. des Monats um 5 Uhr",
    "stündlich",
    "0 6 * * 1-5",
)
VOCABULARY = (
    *("werktags", "arbeitstags", "täglich", "stündlich", "minuten", "stunden", "wöchentlich", "monatlich", "monat"),
    *("jeden", "ersten", "letzten", "alle", "zwischen", "außer", "wochenende", "mitternacht", "quartal"),
    *(f"{name}s" for name in DAY_NAMES), *MONTHS,
)  # fmt: skip


@lru_cache(maxsize=256)
def read_rule(text: str) -> Rule:
    """The rule that a sentence or five fields of cron say.

    Raises:
        NotUnderstood: in German, with what would be understood.
    """
    if cron.looks_like(text):
        try:
            return cron.read_cron(text)
        except ValueError as error:
            raise NotUnderstood(f"{error} Fünf Angaben: Minute, Stunde, Tag, Monat, Wochentag.") from error
    drafts = [Draft()]
    rest = normal(text)
    if not rest.strip():
        raise NotUnderstood(f"Bitte angeben, wann. {understood()}")
    while rest := rest.lstrip(" ,"):
        rest = read_piece(rest, drafts, text)
    inherit_step(drafts)
    return Rule(tuple(draft.clause() for draft in drafts))


def read_times(text: str) -> Rule:
    """A rule that says when something is done, not only within which hours.

    Raises:
        NotUnderstood: in German, with what would be understood.
    """
    rule = read_rule(text)
    for clause in rule.clauses:
        if not clause.minutes:
            raise NotUnderstood(f"Es fehlt, wie oft, zum Beispiel „{text.strip()}, alle 10 Minuten“.")
    return rule


def inherit_step(drafts: list[Draft]) -> None:
    """ "… 6 bis 20 Uhr, samstags 8 bis 12 Uhr, alle 10 Minuten": the step at the end is meant for all."""
    for draft in drafts:
        if draft.stretches and not draft.points and draft.step_min is None:
            draft.step_min = drafts[-1].step_min


def read_piece(rest: str, drafts: list[Draft], text: str) -> str:
    for pattern, is_day, add in PIECES:
        if match := pattern.match(rest):
            if is_day is not None:
                turn(drafts, is_day, is_step=add is add_step)
            add(drafts[-1], match)
            return rest[match.end() :]
    raise NotUnderstood(f"„{strange(rest, text)}“ ist nicht zu verstehen.{near(rest)} {understood()}")


def turn(drafts: list[Draft], is_day: bool, *, is_step: bool) -> None:
    """Begin the next clause where the one at hand is complete."""
    draft = drafts[-1]
    if is_day and draft.excepting:
        return
    if is_day:
        complete = draft.has_times and draft.has_days and not draft.days_came_last
    else:
        complete = not is_step and draft.days_came_last and bool(draft.points or draft.stretches)
    if complete:
        drafts.append(Draft())
    drafts[-1].days_came_last = bool(is_day and drafts[-1].has_times)


def understood() -> str:
    return "Verstanden wird zum Beispiel: " + ", ".join(f"„{example}“" for example in EXAMPLES) + "."


def strange(rest: str, text: str) -> str:
    """The word that stopped the reading, as it was written if it can be found again."""
    word = rest.split()[0].strip(",")
    return next((written.strip(",;") for written in text.split() if written.lower().startswith(word)), word)


def near(rest: str) -> str:
    close = difflib.get_close_matches(rest.split()[0].strip(","), VOCABULARY, 1, 0.75)
    return f" Ist „{close[0]}“ gemeint?" if close else ""
