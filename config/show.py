"""The demo's course: start, feed, watch, account for every document, keep serving."""

from __future__ import annotations

import argparse
import secrets
import shutil
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import Group, User
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from cases.models import Arrival, Case, Entry, State
from config import embedded
from config.commands.serve import stop_on_signals
from config.supervisor import Supervisor
from demo import samples

PROCESS = "hundesteuer"
WIDTH_WITHOUT_TERMINAL = 150
INTERRUPTED = 130  # as a shell says it: ended by Ctrl-C
SETTLED = {State.ENTERED, State.REVIEW, State.SECOND_REVIEW, State.ON_HOLD, State.REJECTED, State.FAILED}
PEOPLE = {
    "sachbearbeitung": "Sachbearbeitung",
    "zweitpruefung": "Zweitprüfung",
    "it": "IT-Betrieb",
    "revision": "Revision",
}


def demo_people() -> str:
    """One login for each role, all with the same fresh password, which is returned."""
    password = secrets.token_urlsafe(9)
    for name, group in PEOPLE.items():
        user, _ = User.objects.get_or_create(username=name)
        user.set_password(password)
        user.save()
        user.groups.set([Group.objects.get(name=group)])
    return password


def feed(batch: Path) -> list[str]:
    """Put the batch into the watched folder, each file by an atomic rename; the names, in order."""
    inbox = Path(settings.INBOX) / PROCESS
    inbox.mkdir(parents=True, exist_ok=True)
    names = []
    for source in sorted(path for path in batch.iterdir() if path.suffix != ".jsonl"):
        beside = inbox / f".{source.name}.part"
        shutil.copyfile(source, beside)
        beside.rename(inbox / source.name)
        names.append(source.name)
    return names


def arrivals_since(number: int) -> list[Arrival]:
    return list(Arrival.objects.filter(pk__gt=number).select_related("case").order_by("pk"))


def is_settled(arrival: Arrival) -> bool:
    if arrival.case is None:
        return arrival.outcome == Arrival.Outcome.SET_ASIDE
    case = arrival.case
    return case.state in SETTLED or (case.state == State.UNCLEAR and case.needs_person)


def watch(supervisor: Supervisor, console: Console, expected: int, since: int, patience_s: float) -> list[Arrival]:
    """Show progress until every document is settled or patience ends; the arrivals as they stand then."""
    deadline_s = time.monotonic() + patience_s
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("Stapel wird gelesen und übertragen", total=expected)
        while True:
            for name in supervisor.look_after():
                console.print(f"Dienst „{name}“ war beendet und wurde neu gestartet.")
            arrivals = arrivals_since(since)
            settled = sum(map(is_settled, arrivals))
            progress.update(task, completed=settled)
            if (len(arrivals) >= expected and settled == len(arrivals)) or time.monotonic() > deadline_s:
                return arrivals
            time.sleep(0.5)


def what_was_read(case: Case) -> str:
    """Some of the fields for the table; the persons of the demo are invented."""
    values = {field.name: field.value for field in case.fields.all()}
    name = " ".join(filter(None, (values.get("applicant_first_name"), values.get("applicant_last_name"))))
    sure = sum(field.sure for field in case.fields.all())
    shown = ", ".join(filter(None, (name, values.get("dog_name"))))
    return escape(f"{shown} ({sure}/{len(values)} sicher)") if values else "–"


def reasons(case: Case) -> str:
    """Why a person is asked: the codes of the problems, most frequent first."""
    codes = Counter(problem["code"] for problem in case.problems)
    codes.update(problem["code"] for field in case.fields.all() for problem in field.problems)
    return " ".join(code for code, _ in codes.most_common(4))


def result_table(arrivals: Iterable[Arrival]) -> Table:
    table = Table(title="Ergebnis")
    for heading in ("Datei", "Vorgang", "Formular", "Gelesen", "Entscheidung", "Datensatz"):
        table.add_column(heading, no_wrap=heading in {"Datei", "Vorgang", "Datensatz"}, overflow="fold")
    for arrival in arrivals:
        case = arrival.case
        if case is None:
            table.add_row(
                arrival.file_name, "–", "–", "–", f"{arrival.get_outcome_display()} {arrival.problem_code}", "–"
            )
            continue
        decision = f"{case.get_state_display()} {reasons(case) if case.state != State.ENTERED else ''}".strip()
        if arrival.outcome == Arrival.Outcome.DUPLICATE:
            decision = f"{arrival.get_outcome_display()}; {decision}"
        entry = Entry.objects.filter(case=case).exclude(record_number="").order_by("-fence").first()
        record = entry.record_number if entry else "–"
        form = case.form or "unbekannt"
        table.add_row(arrival.file_name, case.reference, form, what_was_read(case), decision, record)
    return table


def unaccounted(names: list[str], arrivals: list[Arrival]) -> list[str]:
    """What is wrong with the batch as a whole; empty when every document is accounted for, none twice."""
    arrived = Counter(arrival.file_name for arrival in arrivals)
    wrong = [f"{name}: kam nicht an" for name in names if not arrived[name]]
    wrong += [f"{arrival.file_name}: noch in Arbeit" for arrival in arrivals if not is_settled(arrival)]
    written = records_by_reference()
    entered = Case.objects.filter(state=State.ENTERED, process=PROCESS).values_list("reference", flat=True)
    wrong += [
        f"{reference}: {written[reference]} Datensätze statt einem" for reference in entered if written[reference] != 1
    ]
    wrong += [f"{ref}: {count} Datensätze" for ref, count in written.items() if count > 1 and ref not in set(entered)]
    known = set(Case.objects.values_list("reference", flat=True))
    wrong += [f"{reference}: Datensatz ohne Vorgang" for reference in written if reference not in known]
    return wrong


def records_by_reference() -> Counter[str]:
    """How often each reference stands in the line-of-business application's own table, asked past the robots."""
    path = Path(settings.DATA) / "fachverfahren" / "hundesteuer.sqlite3"
    if not path.exists():
        return Counter()
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
        return Counter(row[0] for row in connection.execute("SELECT fremdref FROM satz"))


def run(supervisor: Supervisor, args: argparse.Namespace) -> int:
    """The whole demo. Returns 0 only if every document of the batch is accounted for, also when it is interrupted."""
    console = Console() if sys.stdout.isatty() else Console(width=WIDTH_WITHOUT_TERMINAL)
    stop_on_signals()
    outcome = INTERRUPTED
    try:
        embedded.prepare()
        password = demo_people()
        console.print("Dienste werden gestartet …")
        addresses = embedded.start_all(supervisor, host=args.host, port=args.port, with_demo_target=True)
        batch = Path(settings.DATA) / "samples"
        shutil.rmtree(batch, ignore_errors=True)
        console.print("Beispielscans werden erzeugt …")
        samples.write_demo_batch(batch, seed=args.seed)
        newest = Arrival.objects.order_by("-pk").first()
        names = feed(batch)
        arrivals = watch(supervisor, console, len(names), newest.pk if newest else 0, args.patience)
        console.print(result_table(arrivals))
        wrong = unaccounted(names, arrivals)
        for line in wrong:
            console.print(f"FEHLT: {line}")
        if not wrong:
            console.print(f"Alle {len(names)} Dokumente sind nachgewiesen, kein Datensatz doppelt.")
        console.print(f"Prüfung: {addresses.web}  Anmeldung: sachbearbeitung / {password}")
        console.print(f"Fachverfahren: {addresses.demo_target}  Anmeldung: {embedded.login_path()}")
        console.print(
            f"Befehle auf diesen Daten: LAUFZETTEL_DATA={settings.DATA} laufzettel cases | queue | audit verify"
        )
        outcome = 1 if wrong else 0
        if not args.exit:
            console.print("Läuft weiter bis Strg-C.")
            keep_serving(supervisor, console)
    except KeyboardInterrupt:
        console.print("Wird beendet …")
    finally:
        supervisor.stop()
    return outcome


def keep_serving(supervisor: Supervisor, console: Console) -> None:
    while True:
        for name in supervisor.look_after():
            console.print(f"Dienst „{name}“ war beendet und wurde neu gestartet.")
        time.sleep(1.0)
