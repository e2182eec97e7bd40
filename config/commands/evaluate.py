"""`laufzettel evaluate`: how much of a labelled set of documents is read right."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

import ocr
from config.forms import known_forms
from ocr.errors import FormProblem, ScanProblem
from ocr.evaluate import Answer, Answers, Report, Score, Truth, as_json, evaluate, through, truth_of
from ocr.spec import FormSpec

HELP = "Genauigkeit und Durchlaufquote an Dokumenten messen, deren Inhalt bekannt ist."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("truth", type=Path, metavar="TRUTH.jsonl", help="je Zeile ein Dokument mit seinen Werten")
    parser.add_argument("--documents", type=Path, required=True, metavar="ORDNER", help="Ordner der Dateien")
    parser.add_argument("--form", action="append", default=[], metavar="FORMULAR", help="nur diese Formulare")
    parser.add_argument("--json", type=Path, metavar="DATEI", help="Ergebnis als JSON in diese Datei")


def run(args: argparse.Namespace) -> int:
    specs = _chosen(args.form)
    if args.json and (args.json.is_dir() or not args.json.parent.is_dir()):
        raise ScanProblem("S013", f"{args.json} lässt sich nicht schreiben. Bitte bei --json eine andere Datei nennen.")
    listed = list(_truths(args.truth))
    truths = [truth for truth in listed if _wanted(truth, args.form)]
    if not truths:
        told = f"unter „template“ kein Dokument von {', '.join(args.form)}" if listed else "kein Dokument"
        raise ScanProblem("S031", f"{args.truth.name} nennt {told}. Bitte die Liste prüfen.")
    _say_unknown(truths, specs)
    report = evaluate(_read_all(truths, args.documents, specs))
    if report.documents == 0:
        raise ScanProblem("S030", "Kein einziges Dokument der Liste ließ sich lesen. Bitte --documents prüfen.")
    _print(report)
    if args.json:
        args.json.write_text(json.dumps(as_json(report), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return 0


def _chosen(names: list[str]) -> Mapping[str, FormSpec]:
    specs = known_forms()
    for name in names:
        if name not in specs:
            raise FormProblem("F003", f"Formular „{name}“ gibt es nicht; bekannt sind: {', '.join(specs)}.")
    return {name: specs[name] for name in names} if names else specs


def _wanted(truth: Truth, forms: list[str]) -> bool:
    plain = truth.template.casefold().replace(" ", "_").replace("-", "_")
    return not forms or plain in forms


def _truths(path: Path) -> Iterator[Truth]:
    """Every line of the list, checked. Each file may be named once: counted twice, it would bend the figures."""
    first: dict[str, int] = {}
    try:
        lines = path.read_text(encoding="utf-8").split("\n")  # JSON may hold other line separators
    except (OSError, UnicodeDecodeError) as error:
        raise ScanProblem("S031", f"{path.name} ist nicht lesbar. Bitte den Pfad der Liste prüfen.") from error
    for number, line in enumerate(lines, 1):
        if line.strip():
            truth = _truth(line, f"{path.name}, Zeile {number}")
            if truth.file in first:
                told = f"{truth.file} steht schon in Zeile {first[truth.file]}"
                raise ScanProblem("S031", f"{path.name}, Zeile {number}: {told}. Bitte die Liste berichtigen.")
            first[truth.file] = number
            yield truth


def _truth(line: str, where: str) -> Truth:
    try:
        return truth_of(json.loads(line))
    except (json.JSONDecodeError, RecursionError):
        told = "kein gültiges JSON"  # the error of the parser would quote the line
    except ValueError as error:
        told = str(error)
    raise ScanProblem("S031", f"{where}: {told}. Bitte die Liste berichtigen.")


def _say_unknown(truths: list[Truth], specs: Mapping[str, FormSpec]) -> None:
    known = {field.name for spec in specs.values() for field in spec.field}
    unknown = sorted({name for truth in truths for name in truth.fields if name not in truth.skip} - known)
    if unknown:
        print(
            f"S033: Diese Felder der Liste kennt kein Formular, sie zählen als nicht gelesen: {', '.join(unknown)}.",
            file=sys.stderr,
        )


def _read_all(truths: list[Truth], folder: Path, specs: Mapping[str, FormSpec]) -> Iterator[tuple[Truth, Answers]]:
    errors = Console(stderr=True)
    with Progress(console=errors, transient=True) as progress:
        task = progress.add_task("Lese", total=len(truths))
        for truth in truths:
            path = folder / truth.file
            if path.is_file():
                yield truth, _answers(path, specs, errors)
            else:
                errors.print(f"S032: {truth.file} liegt nicht in {folder}; ausgelassen.", markup=False)
            progress.advance(task)


def _answers(path: Path, specs: Mapping[str, FormSpec], errors: Console) -> Answers:
    """What was read; nothing where the file was refused (its fields then count as missed)."""
    try:
        reading = ocr.read(path, specs)
    except ScanProblem as problem:
        errors.print(f"{path.name}: {problem.code}: {problem.message}", markup=False)
        return Answers({})
    fields = {f.name: Answer(f.value, f.raw, f.sure) for f in reading.fields}
    return Answers(fields, reading.decision == "ready", reading.ms.get("all", 0.0))


def _print(report: Report) -> None:
    console = Console(width=None if sys.stdout.isatty() else 120, markup=False, emoji=False)
    table = Table(title=f"{report.documents} Dokumente, Groß/klein und Satzzeichen gefaltet", title_justify="left")
    for column in ("Feld", "Schrift", "Dokumente", "richtig", "falsch", "fehlt", "erfunden", "F1"):
        table.add_column(column, justify="left" if column in ("Feld", "Schrift") else "right")
    for name, score in report.fields.items():
        _rows(table, name, score)
    table.add_section()
    _rows(table, "alle Felder", report.lenient)
    _rows(table, "alle, streng", report.strict)
    console.print(table)
    shares = through(report)
    console.print(
        f"Ohne Prüfung: {shares['documents']:.1%} der Dokumente, {shares['fields']:.1%} der Felder; "
        f"davon falsch: {shares['wrong']:.2%} ({report.sure_wrong} von {report.sure})."
    )
    console.print(f"Zeit je Dokument: {report.ms / report.documents / 1000:.1f} s")


def _rows(table: Table, name: str, score: Score) -> None:
    labels = {"all": "alle", "printed": "gedruckt", "handwritten": "Hand"}
    for group, count in score.groups.items():
        if count.documents and (group == "all" or count.documents < score.groups["all"].documents):
            table.add_row(
                name if group == "all" else "",
                labels[group],
                *(str(n) for n in (count.documents, count.right, count.wrong, count.missed, count.invented)),
                f"{count.f1:.3f}",
            )
