"""`laufzettel evaluate`: how much of a labelled set of documents is read right."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from rich.console import Console

from config.calibration import known_calibration
from config.evaluating import compare, plot
from config.evaluating import report as html
from config.evaluating.progress import progress
from config.evaluating.reading import Found, Task, read_all
from config.evaluating.tables import show_comparison, show_report
from config.evaluating.truths import Listed, read_list
from config.forms import known_forms
from ocr.errors import FormProblem, ScanProblem
from ocr.evaluate import Answers, Report, Truth, as_json, evaluate
from ocr.spec import FormSpec

HELP = "Genauigkeit und Durchlaufquote an Dokumenten messen, deren Inhalt bekannt ist."
REFUSED = 3

States = dict[compare.Key, compare.State]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("truth", type=Path, metavar="TRUTH.jsonl", help="je Zeile ein Dokument mit seinen Werten")
    parser.add_argument("--documents", type=Path, required=True, metavar="ORDNER", help="Ordner der Dateien")
    parser.add_argument("--form", action="append", default=[], metavar="FORMULAR", help="nur diese Formulare")
    parser.add_argument("--json", type=Path, metavar="DATEI", help="Ergebnis als JSON in diese Datei")
    parser.add_argument(
        "--html", type=Path, metavar="DATEI", help="Bericht mit einem Bild jedes Fehlers (enthält Inhalte der Anträge)"
    )
    parser.add_argument(
        "--plot", type=Path, metavar="DATEI.png", help="Kurve: was ohne Prüfung durchläuft, was davon falsch ist"
    )
    parser.add_argument(
        "--compare", type=_old, metavar="ALT.json", help="was besser und schlechter ist als in einem früheren --json"
    )
    parser.add_argument(
        "--jobs", type=_count, default=1, metavar="N",
        help="so viele Prozesse (sonst einer; mit mehreren stimmt die Zeit je Dokument nicht)",
    )  # fmt: skip


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 256:
        raise argparse.ArgumentTypeError(f"„{text}“ ist keine Anzahl von 1 bis 256")
    return int(text)


def _old(text: str) -> tuple[str, States]:
    """An earlier result: its name and what became of each field. Read at once, as `--json` may overwrite it."""
    path = Path(text)
    try:
        return path.name, compare.states_of(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise argparse.ArgumentTypeError(f"{path.name} ist nicht lesbar oder kein JSON") from error
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{path.name}: {error}") from error


def run(args: argparse.Namespace) -> int:
    """Exit code 0, also where figures got worse; 3 when lines of the list were wrong, after all others are counted."""
    specs = _chosen(args.form)
    for option in ("json", "html", "plot"):
        _must_be_writable(getattr(args, option), option)
    listed, wrong_lines = read_list(args.truth, _say)
    wanted = [one for one in listed if _wanted(one.truth, args.form)]
    if not wanted:
        told = f"unter „template“ kein Dokument von {', '.join(args.form)}" if listed else "kein Dokument"
        raise ScanProblem("S031", f"{args.truth.name} nennt {told}. Bitte die Liste prüfen.")
    _say_unknown([one.truth for one in wanted], specs)
    found: dict[str, Found] = {}
    report = evaluate(_read(_tasks(wanted, args), specs, args.jobs, found))
    if report.documents == 0:
        raise ScanProblem("S030", "Kein einziges Dokument der Liste ließ sich lesen. Bitte --documents prüfen.")
    compared = compare.compare(args.compare[1], _states(report)) if args.compare else None
    _write(args, report, found, compared, specs)
    console = Console(width=None if sys.stdout.isatty() else 120, markup=False, emoji=False, highlight=False)
    show_report(console, report)
    if compared is not None:
        show_comparison(console, compared, args.compare[0])
    return REFUSED if wrong_lines else 0


def _say(text: str) -> None:
    print(text, file=sys.stderr)


def _chosen(names: list[str]) -> Mapping[str, FormSpec]:
    specs = known_forms()
    for name in names:
        if name not in specs:
            raise FormProblem("F003", f"Formular „{name}“ gibt es nicht; bekannt sind: {', '.join(specs)}.")
    return {name: specs[name] for name in names} if names else specs


def _must_be_writable(path: Path | None, option: str) -> None:
    """Said before the work, not after it."""
    if path and (path.is_dir() or not path.parent.is_dir()):
        raise ScanProblem("S013", f"{path} lässt sich nicht schreiben. Bitte bei --{option} eine andere Datei nennen.")


def _wanted(truth: Truth, forms: list[str]) -> bool:
    plain = truth.template.casefold().replace(" ", "_").replace("-", "_")
    return not forms or plain in forms


def _say_unknown(truths: Sequence[Truth], specs: Mapping[str, FormSpec]) -> None:
    known = {field.name for spec in specs.values() for field in spec.field}
    unknown = sorted({name for truth in truths for name in truth.fields if name not in truth.skip} - known)
    if unknown:
        _say(f"S033: Diese Felder der Liste kennt kein Formular, sie zählen als nicht gelesen: {', '.join(unknown)}.")


def _tasks(listed: Sequence[Listed], args: argparse.Namespace) -> list[Task]:
    """The documents that are there; who is missing is said."""
    tasks, calibration = [], known_calibration()
    for one in listed:
        path = args.documents / one.truth.file
        if path.is_file():
            tasks.append(Task(path, one.truth, args.html is not None, calibration))
        else:
            _say(f"S032: {one.truth.file} ({one.where}) liegt nicht in {args.documents}; ausgelassen.")
    return tasks


def _read(
    tasks: Sequence[Task], specs: Mapping[str, FormSpec], jobs: int, kept: dict[str, Found]
) -> Iterator[tuple[Truth, Answers]]:
    """What is to be counted; what the report shows goes into `kept`."""
    with progress(len(tasks)) as (bar, running):
        for found in read_all(tasks, specs, jobs):
            if found.refused is not None:
                told = f"{found.refused.code}: {found.truth.file}: {found.refused.message}"
                bar.console.print(told, markup=False, highlight=False, soft_wrap=True)
            if found.refused is not None or found.cuts:
                kept[found.truth.file] = found
            yield found.truth, found.answers
            bar.advance(running)


def _states(report: Report) -> States:
    return {(result.file, result.field): compare.State(result.outcome, result.sure) for result in report.results}


def _write(
    args: argparse.Namespace,
    report: Report,
    found: Mapping[str, Found],
    compared: compare.Comparison | None,
    specs: Mapping[str, FormSpec],
) -> None:
    if args.json:
        made = as_json(report) | ({"compare": compare.as_json(compared)} if compared else {})
        _put(args.json, (json.dumps(made, ensure_ascii=False, indent=1) + "\n").encode())
    if args.plot or args.html:
        png = plot.draw(report.curve, report.today)
        if args.plot:
            _put(args.plot, png)
        if args.html:
            titles = html.titles_of((field.name, field.title) for spec in specs.values() for field in spec.field)
            shown = html.Shown(args.truth.name, f"{datetime.now().astimezone():%d.%m.%Y, %H:%M} Uhr", titles)
            _put(args.html, html.page(report, found, png, shown).encode())


def _put(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        raise ScanProblem("S013", f"{path} lässt sich nicht schreiben ({error.strerror}).") from error
