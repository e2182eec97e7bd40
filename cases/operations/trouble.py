"""What IT should look at now, in words: drawn from the figures of the page, so that nobody has to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.utils.translation import gettext as _

from cases.operations.broker import Broker
from cases.operations.crew import Member
from cases.operations.house import Disk
from cases.operations.queues import RATE_OVER, Queue
from cases.operations.robots import Target
from cases.operations.scanners import Device, Sign
from cases.thresholds import Alarm

Kind = Literal[
    "broker_away",
    "no_append_only",
    "evicting",
    "writes_failing",
    "no_beat",
    "stuck",
    "standstill",
    "target_stopped",
    "target_errors",
    "session_silent",
    "disk",
    "streaks",
    "blurred",
    "skewed",
    "blank",
    "blind_sample",
]
PATIENCE = timedelta(minutes=5)
"""A queue whose oldest case waits for longer, and from which nothing leaves, stands still."""
MANY_ERRORS, ENOUGH_ATTEMPTS = 0.2, 10


@dataclass(frozen=True, slots=True)
class Trouble:
    """`subject` names the queue, worker, target or scanner; `sentence` says what is wrong, `step` what to do."""

    kind: Kind
    subject: str
    sentence: str
    step: str


def of_broker(broker: Broker) -> Iterator[Trouble]:
    if not broker.reachable:
        yield Trouble(
            "broker_away",
            "",
            _("Der Broker ist nicht erreichbar. Vorgänge warten, keiner geht verloren."),
            _("Prüfen, ob der Dienst läuft und ob Adresse und Kennwort in LAUFZETTEL_BROKER stimmen."),
        )
    if broker.append_only is False:
        yield Trouble(
            "no_append_only",
            "",
            _("Der Broker schreibt kein Anhängeprotokoll: Nach seinem Neustart sind seine Nachrichten weg."),
            _("In seiner Einstellung „appendonly yes“ setzen."),
        )
    if broker.evicts:
        yield Trouble(
            "evicting",
            "",
            _("Der Broker wirft Nachrichten weg, wenn sein Speicher voll ist (%(policy)s).")
            % {"policy": broker.eviction},
            _("In seiner Einstellung „maxmemory-policy noeviction“ setzen."),
        )
    if broker.writes_well is False:
        yield Trouble(
            "writes_failing",
            "",
            _("Der Broker konnte zuletzt nicht auf seine Platte schreiben."),
            _("Platz und Rechte seines Datenordners prüfen."),
        )


def of_crew(crew: Iterable[Member]) -> Iterator[Trouble]:
    members = list(crew)
    if not any(one.is_beat and one.condition != "stuck" for one in members):
        yield Trouble(
            "no_beat",
            "",
            _("Der Taktgeber (beat) gibt kein Zeichen. Ordner werden nicht abgeholt, Verlorenes nicht wiederholt."),
            _("Den Dienst des Taktgebers neu starten."),
        )
    for one in members:
        if one.condition == "stuck" and not one.is_beat:
            yield Trouble(
                "stuck",
                one.node,
                _("Ein Arbeitsprozess lebt vielleicht, kommt aber nicht voran."),
                _("Sein Protokoll ansehen und ihn neu starten; seine Vorgänge übernimmt ein anderer."),
            )


def of_queues(queues: Iterable[Queue], targets: Iterable[Target], now: datetime) -> Iterator[Trouble]:
    running = {one.standing.name for one in targets if one.standing.condition == "running"}
    for one in queues:
        may_move = not one.target or one.target in running
        if may_move and one.oldest and now - one.oldest > PATIENCE and not one.done and not one.leases:
            yield Trouble(
                "standstill",
                one.name,
                _("Die Warteschlange %(queue)s steht: %(waiting)d warten, keiner wurde in %(minutes)d Minuten fertig.")
                % {"queue": one.name, "waiting": one.waiting, "minutes": RATE_OVER // timedelta(minutes=1)},
                _("Prüfen, ob ein Arbeitsprozess für diese Warteschlange läuft."),
            )


def of_targets(targets: Iterable[Target]) -> Iterator[Trouble]:
    for one in targets:
        name = one.standing.name
        if one.standing.condition == "stopped":
            yield Trouble(
                "target_stopped",
                name,
                _("Das Zielsystem %(target)s ist angehalten.") % {"target": name},
                _("Ursache beheben und unter „Zielsysteme“ wieder starten."),
            )
        if one.attempts >= ENOUGH_ATTEMPTS and (one.error_rate or 0) >= MANY_ERRORS:
            yield Trouble(
                "target_errors",
                name,
                _("Beim Zielsystem %(target)s brachen %(broke)d von %(attempts)d Versuchen der letzten 24 Stunden ab.")
                % {"target": name, "broke": one.broke, "attempts": one.attempts},
                _("Netz und Zielsystem prüfen; die Codes stehen bei den ausgesteuerten Vorgängen."),
            )
        if any(session.silent for session in one.sessions):
            yield Trouble(
                "session_silent",
                name,
                _("Eine Sitzung im Zielsystem %(target)s wird von ihrem Arbeitsprozess nicht mehr verlängert.")
                % {"target": name},
                _("Läuft der Rechner noch? Ein anderer Arbeitsprozess dort beendet den Roboter."),
            )


def of_disk(disk: Disk) -> Iterator[Trouble]:
    if disk.is_low:
        yield Trouble(
            "disk",
            "",
            _("Der Platz für die Scans wird knapp: %(free).1f GB sind frei.") % {"free": disk.free_bytes / 1e9},
            _("Platz schaffen oder die Aufbewahrungsfristen der Verfahren prüfen."),
        )


def of_reading(alarms: Iterable[Alarm]) -> Iterator[Trouble]:
    for one in alarms:
        yield Trouble(
            "blind_sample",
            one.group,
            _("In der Stichprobe waren von %(count)d Feldern, die sonst niemand sieht, %(wrong)d falsch: zu viele.")
            % {"count": one.count, "wrong": one.wrong},
            _("Die Prozessverantwortung rechnet unter „Zahlen“ die Schwellen neu; eine zweite Person gibt sie frei."),
        )


def of_scanners(devices: Iterable[Device]) -> Iterator[Trouble]:
    for one in devices:
        for sign in one.signs:
            yield Trouble(sign, one.name, *said(sign, one))


def said(sign: Sign, one: Device) -> tuple[str, str]:
    match sign:
        case "streaks":
            places = ", ".join(f"{streak.x_mm:.0f} mm" for streak in one.streaks)
            return (
                _("Scanner %(scanner)s zieht Streifen: %(places)s von links.")
                % {"scanner": one.name, "places": places},
                _("Glas an dieser Stelle putzen."),
            )
        case "blurred":
            return (
                _("Scanner %(scanner)s liefert unscharfe Schrift.") % {"scanner": one.name},
                _("Glas und Einzug reinigen, sonst den Kundendienst rufen."),
            )
        case "skewed":
            return (
                _("Scanner %(scanner)s zieht die Blätter schief ein.") % {"scanner": one.name},
                _("Papierführung einstellen, Rollen reinigen."),
            )
        case "blank":
            return (
                _("Scanner %(scanner)s liefert mehr leere Seiten als sonst.") % {"scanner": one.name},
                _("Prüfen, ob die Blätter richtig herum liegen und einzeln eingezogen werden."),
            )
