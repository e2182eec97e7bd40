"""What people say about days and times, a pattern each, and what it adds to the clause at hand."""

from __future__ import annotations

import re
from collections.abc import Callable

from cases.when.draft import Draft, NotUnderstood
from cases.when.rule import DAY_MIN, OFFICE_WEEK, YEAR, Days

DAY_NAMES = ("montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag")
SHORT_DAYS = ("mo", "di", "mi", "do", "fr", "sa", "so")
MONTHS = (
    *("januar", "februar", "märz", "april", "mai", "juni"),
    *("juli", "august", "september", "oktober", "november", "dezember"),
)
NUMBERS = (
    *("null", "ein", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf"),
    *("dreizehn", "vierzehn", "fünfzehn", "sechzehn", "siebzehn", "achtzehn", "neunzehn", "zwanzig"),
)
MORE_NUMBERS = {"dreißig": "30", "dreissig": "30", "fünfundvierzig": "45"}
ORDINALS = {"erst": "1.", "zweit": "2.", "dritt": "3.", "viert": "4.", "letzt": "-1.", "vorletzt": "-2."}
LONGEST_STEP_MIN = 12 * 60


def normal(text: str) -> str:
    """Small letters, one spelling for dashes, numbers, ordinals and weekdays."""
    text = " ".join(text.lower().replace("\u2013", "-").replace("\u2014", "-").replace(";", ",").split())
    text = re.sub(r"\b(mo|di|mi|do|fr|sa|so)\.(?=[\s,-]|$)", r"\1", text)
    text = re.sub(r"\bu\. ", "und ", text)
    text = re.sub(r"\b(vorletzt|erst|zweit|dritt|viert|letzt)(e[nrms]?)\b", lambda m: ORDINALS[m[1]], text)
    for place, name in enumerate(DAY_NAMES):
        text = re.sub(rf"\b{name}(s|en|e)?\b", SHORT_DAYS[place], text)
    text = re.sub(r"\bsonnabend(s|en|e)?\b", "sa", text)
    for number, name in enumerate(NUMBERS):
        text = re.sub(rf"\b{name}\b", str(number), text)
    for name, digits in MORE_NUMBERS.items():
        text = re.sub(rf"\b{name}\b", digits, text)
    return re.sub(r"\s*,\s*", ", ", text)


T = r"\d{1,2}(?:[:.]\d{2}(?![\d.]))?(?!\d)(?: ?uhr(?: \d{2}(?![\d:.])(?! ?(?:uhr|min|stund)))?)?"
"""A clock time: 7, 7 Uhr, 7:30, 7.30 Uhr, 7 Uhr 30."""
AND = r"(?:, (?:und )?| und | sowie | & )(?:um )?"
DAY = "(?:mo|di|mi|do|fr|sa|so)"
MONTH = f"(?:{'|'.join(MONTHS)})"
WORKDAY = r"(?:werktäglich|arbeitstäglich|werktag(?:s|en|e)?|arbeitstag(?:s|en|e)?)"
ORDS = r"-?\d{1,2}\.(?:(?:, | und |, und | sowie |-| bis )(?:zum |am |dem )?-?\d{1,2}\.)*"
MONTHLY = r"(?:im|des|eines|jedes|jeden|in jedem|pro) (?:monat(?:e?s)?)"
LONGER = r"(?:im|des|eines|jedes|jeden|in jedem|pro) (?P<period>monat(?:e?s)?|quartal(?:s)?|jahr(?:e?s)?)"
QUARTERS = {1: {1, 4, 7, 10}, -1: {3, 6, 9, 12}}


def clock(text: str) -> int:
    """Minutes since midnight of a clock time."""
    hour, minute = [*re.findall(r"\d+", text), "0"][:2]
    if int(hour) > 24 or int(minute) > 59 or (int(hour) == 24 and int(minute)):
        raise NotUnderstood(f"„{text.strip()}“ ist keine Uhrzeit.")
    return int(hour) * 60 + int(minute)


def add_point(draft: Draft, match: re.Match[str]) -> None:
    draft.points |= {clock(one) for one in re.findall(T, match[0])}


def add_midnight(draft: Draft, _: re.Match[str]) -> None:
    draft.points.add(0)


def add_stretch(draft: Draft, match: re.Match[str]) -> None:
    start, end = clock(match["from"]) % DAY_MIN, clock(match["to"])
    if start == end:
        raise NotUnderstood(f"„{match[0].strip()}“ beginnt und endet zur selben Zeit.")
    draft.stretches.append((start, end if end > start else end + DAY_MIN))


def add_from(draft: Draft, match: re.Match[str]) -> None:
    draft.stretches.append((clock(match["from"]) % DAY_MIN, DAY_MIN))


def add_until(draft: Draft, match: re.Match[str]) -> None:
    draft.stretches.append((0, clock(match["to"])))


def add_always(draft: Draft, _: re.Match[str]) -> None:
    draft.stretches.append((0, DAY_MIN))


def add_step(draft: Draft, match: re.Match[str]) -> None:
    parts = match.groupdict()
    if count := parts.get("count"):
        draft.step_min = int(count) * (60 if parts["unit"].startswith(("s", "h")) else 1)
    elif "viertel" in match[0]:
        draft.step_min = 15
    elif "halb" in match[0]:
        draft.step_min = 30
    else:
        draft.step_min = 1 if "min" in match[0] else 60
    if not 1 <= draft.step_min <= LONGEST_STEP_MIN:
        raise NotUnderstood(f"„{match[0].strip()}“ geht nicht; möglich ist jede Minute bis alle 12 Stunden.")


def add_nth(draft: Draft, match: re.Match[str]) -> None:
    """The first working day, the last Friday, of a month, a quarter or a year."""
    places, what, period = ordinals(match["ords"]), match["what"], match["period"] or ""
    if not period and places - {1, -1}:
        raise NotUnderstood(f"Bei „{match[0].strip()}“ fehlt, wovon gezählt wird, zum Beispiel „im Monat“.")
    months = YEAR
    if period.startswith("quartal"):
        months = frozenset(QUARTERS[-1 if min(places) < 0 else 1])
    elif period.startswith("jahr"):
        months = frozenset({12 if min(places) < 0 else 1})
    if what.startswith("tag"):
        draft.monthdays |= places
        draft.months |= months if months != YEAR else set()
        return
    working = re.fullmatch(WORKDAY, what) is not None
    weekdays = OFFICE_WEEK if working else frozenset({SHORT_DAYS.index(what)})
    draft.nth.append(Days(weekdays, months, nth=frozenset(places), working=working))


def add_monthdays(draft: Draft, match: re.Match[str]) -> None:
    places = ordinals(match["ords"])
    if any(not (1 <= place <= 31 or place == -1) for place in places):
        raise NotUnderstood(f"„{match[0].strip()}“ ist kein Tag eines Monats.")
    draft.monthdays |= places


def add_last_day(draft: Draft, _: re.Match[str]) -> None:
    draft.monthdays.add(-1)


def add_first_day(draft: Draft, _: re.Match[str]) -> None:
    draft.monthdays.add(1)


def add_date(draft: Draft, match: re.Match[str]) -> None:
    month = MONTHS.index(match["name"]) + 1 if match["name"] else int(match["month"])
    day = int(match["day"])
    if not (1 <= month <= 12 and 1 <= day <= (29 if month == 2 else 30 if month in (4, 6, 9, 11) else 31)):
        raise NotUnderstood(f"„{match[0].strip()}“ ist kein Tag eines Jahres.")
    draft.dates.append(Days(months=frozenset({month}), monthdays=frozenset({day})))


def add_months(draft: Draft, match: re.Match[str]) -> None:
    names = [MONTHS.index(name) + 1 for name in re.findall(MONTH, match[0])]
    if re.search(rf"{MONTH}(?:-| bis ){MONTH}", match[0]):
        names = [(names[0] - 1 + n) % 12 + 1 for n in range((names[1] - names[0]) % 12 + 1)]
    draft.months |= set(names)
    draft.first_of_month = True


def add_period(draft: Draft, match: re.Match[str]) -> None:
    """Monthly and rarer: on the first day, where no other is named."""
    said = match[0]
    if "viertel" in said or "quartal" in said:
        draft.months |= QUARTERS[1]
    elif "halbj" in said:
        draft.months |= {1, 7}
    elif "jähr" in said or "jahr" in said:
        draft.months |= {1}
    draft.first_of_month = True


def add_weekly(draft: Draft, _: re.Match[str]) -> None:
    draft.weekly = True


def add_weekdays(draft: Draft, match: re.Match[str]) -> None:
    first, last = match["first"], match["last"] or match["first"]
    begin, stop = SHORT_DAYS.index(first), SHORT_DAYS.index(last)
    days = {(begin + n) % 7 for n in range((stop - begin) % 7 + 1)}
    if draft.excepting:
        draft.without |= days
    else:
        draft.weekdays |= days


def add_workdays(draft: Draft, _: re.Match[str]) -> None:
    draft.weekdays |= OFFICE_WEEK
    draft.working = True


def add_weekend(draft: Draft, _: re.Match[str]) -> None:
    if draft.excepting:
        draft.without |= {5, 6}
    else:
        draft.weekdays |= {5, 6}


def add_daily(draft: Draft, _: re.Match[str]) -> None:
    draft.daily = True


def add_except(draft: Draft, _: re.Match[str]) -> None:
    draft.excepting = True


def no_holidays(draft: Draft, _: re.Match[str]) -> None:
    """Holidays are a setting of its own, by federal state."""
    if not draft.excepting:
        raise NotUnderstood("Nach Feiertagen kann nichts geplant werden; ausgenommen werden sie über das Bundesland.")


def no_single_day(_: Draft, match: re.Match[str]) -> None:
    raise NotUnderstood(f"„{match[0]}“ kommt nur einmal. Ein Tag ohne Jahr kehrt wieder, zum Beispiel „am 24.12.“.")


def skip(_: Draft, __: re.Match[str]) -> None:
    """Says nothing by itself."""


def ordinals(text: str) -> set[int]:
    """1., 15. -> {1, 15}; 1. bis 5. -> {1, 2, 3, 4, 5}."""
    found: set[int] = set()
    for part in re.split(r", und |, | und | sowie ", text):
        first, *last = [int(number) for number in re.findall(r"-?\d+(?=\.)", re.sub(r"(?<=\.)-", " ", part))]
        found |= set(range(first, last[0] + 1)) if last else {first}
    return found


Piece = tuple[re.Pattern[str], bool | None, Callable[[Draft, re.Match[str]], None]]


def piece(pattern: str, add: Callable[[Draft, re.Match[str]], None], is_day: bool | None) -> Piece:
    return re.compile(rf"(?:{pattern})(?![\w])"), is_day, add


COUNT = r"(?P<count>\d{1,4})"
PIECES: tuple[Piece, ...] = (
    piece(rf"(?:alle|jede) {COUNT}\.? ?(?P<unit>minuten?|min\.?|stunden?|std\.?|h)", add_step, False),
    piece(rf"{COUNT}-?(?P<unit>stünd|minüt)lich", add_step, False),
    piece(r"(?:(?:alle|jede) )?(?:viertelstündlich|viertelstunden?|1/4 stunde)", add_step, False),
    piece(r"(?:(?:alle|jede) )?(?:halbstündlich|halben? stunden?)", add_step, False),
    piece(r"stündlich|jede stunde|jede volle stunde|minütlich|jede minute", add_step, False),
    piece(r"rund um die uhr|ganztägig|ganztags|durchgehend|jederzeit|immer|24 stunden", add_always, False),
    piece(rf"(?P<ords>{ORDS}) (?P<what>{WORKDAY}|{DAY}|tag(?:e|en)?)(?: {LONGER})", add_nth, True),
    piece(rf"(?P<ords>{ORDS}) (?P<what>{WORKDAY})(?P<period>)", add_nth, True),
    piece(rf"(?P<ords>{ORDS}) (?P<what>{DAY})(?P<period>)", add_nth, True),
    piece(rf"\d{{1,2}}\. ?(?:{MONTH}|\d{{1,2}}\.) ?\d{{4}}|\d{{4}}-\d\d-\d\d", no_single_day, True),
    piece(rf"(?P<day>\d{{1,2}})\. ?(?:(?P<name>{MONTH})|(?P<month>\d{{1,2}})\.)", add_date, True),
    piece(r"monatsletzten?|monatsende|ultimo|ende (?:des|jedes) monats", add_last_day, True),
    piece(r"monatsersten?|monatsanfang|anfang (?:des|jedes) monats", add_first_day, True),
    piece(rf"(?P<ords>{ORDS})(?: tag(?:e|en)?)?(?: {MONTHLY})?", add_monthdays, True),
    piece(rf"(?:im )?{MONTH}(?:(?:, | und |-| bis ){MONTH})*", add_months, True),
    piece(r"(?:viertel|halb)?jährlich|quartalsweise|(?:jedes|pro|im) (?:quartal|jahr)", add_period, True),
    piece(r"monatlich|(?:jede[nm]|pro|im) monat", add_period, True),
    piece(r"wöchentlich|jede woche|pro woche", add_weekly, True),
    piece(r"(?:an )?(?:sonn- und feiertag(?:s|en)|feiertag(?:s|en|e)?)", no_holidays, True),
    piece(WORKDAY, add_workdays, True),
    piece(r"wochenende?s?", add_weekend, True),
    piece(r"täglich|tags?|tage|nacht", add_daily, True),
    piece(rf"(?P<first>{DAY})(?:(?: ?- ?| bis )(?P<last>{DAY}))?", add_weekdays, True),
    piece(r"außer|ausser|ohne|nicht", add_except, None),
    piece(rf"(?:von )?(?P<from>{T})(?: ?- ?| bis )(?:um )?(?P<to>{T})", add_stretch, False),
    piece(rf"zwischen (?P<from>{T}) und (?P<to>{T})", add_stretch, False),
    piece(rf"ab (?P<from>{T})", add_from, False),
    piece(rf"bis (?P<to>{T})", add_until, False),
    piece(rf"(?:um )?{T}(?:{AND}{T})*", add_point, False),
    piece(r"mitternacht", add_midnight, False),
    piece(r"um|am|an|im|in|den|dem|der|des|jede[nsmr]?|alle|jeweils|und|sowie|dann|einmal|nur|auch|uhr", skip, None),
    piece(r"morgens|früh|vormittags|nachts|zu|von|vom", skip, None),
)  # fmt: skip
