"""What `laufzettel evaluate` shows on the terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from config.evaluating.compare import Change, Comparison, State
from config.evaluating.words import FIGURES, GROUPS, OUTCOMES, certainty, figures, groups_of
from ocr.evaluate import Report, Score, through

TEXT = ("Feld", "Schrift", "Datei", "vorher", "jetzt")
"""Columns that stand on the left; figures stand on the right."""
MOVES = {"better": "Besser", "worse": "Schlechter", "other": "Anders, weder besser noch schlechter"}


def table(title: str, *columns: str) -> Table:
    made = Table(title=title, title_justify="left", box=SIMPLE_HEAD, collapse_padding=True, pad_edge=False)
    for column in columns:
        left = column in TEXT
        made.add_column(column, justify="left" if left else "right", overflow="fold" if left else "ellipsis")
    return made


def show_report(console: Console, report: Report) -> None:
    """Every field, printed and handwritten apart, by the lenient and the strict measure; then what passes."""
    made = table(
        f"{report.documents} Dokumente. Groß/klein und Satzzeichen gefaltet; streng: wie gedruckt.",
        *("Feld", "Schrift", *(name.replace(" ", "\n") for name in FIGURES)),
    )
    for name, score in report.fields.items():
        for row in _rows(name, score, report.strict_fields[name]):
            made.add_row(*row)
    made.add_section()
    for row in _rows("alle Felder", report.lenient, report.strict):
        made.add_row(*row)
    console.print(made)
    shares = through(report)
    console.print(
        f"Ohne Prüfung: {shares['documents']:.1%} der Dokumente, {shares['fields']:.1%} der Felder; "
        f"davon falsch: {shares['wrong']:.2%} ({report.sure_wrong} von {report.sure})."
    )
    console.print(f"Zeit je Dokument: {report.ms / report.documents / 1000:.1f} s")


def _rows(name: str, lenient: Score, strict: Score) -> Iterator[list[str]]:
    for at, group in enumerate(groups_of(lenient)):
        yield [name if at == 0 else "", GROUPS[group], *figures(lenient.groups[group], strict.groups[group])]


def show_comparison(console: Console, found: Comparison, old: str) -> None:
    """Per field and document what changed since `old`; the last line is the sum."""
    fields = sum(found.common.values())
    console.print(f"\nVergleich mit {old}: gemeinsame Dokumente: {found.documents}, gemeinsame Felder: {fields}.")
    if found.only_old or found.only_new or found.fields_left_out:
        console.print(
            f"Ausgelassen: Dokumente nur vorher: {found.only_old}, nur jetzt: {found.only_new}; Felder gemeinsamer "
            f"Dokumente, die nur eines von beiden hat: {found.fields_left_out}."
        )
    if found.changes:
        console.print(_by_field(found))
    for move, title in MOVES.items():
        changes = [change for change in found.changes if change.move == move]
        if changes:
            console.print(_changes(f"{title}: {len(changes)}", changes))
    console.print(total(found), style="bold")


def _by_field(found: Comparison) -> Table:
    made = table("Felder mit Änderungen", "Feld", "Felder", "besser", "schlechter", "anders", "neu sicher, aber falsch")
    for name, count in found.common.items():
        mine = [change for change in found.changes if change.field == name]
        if mine:
            moves = [str(sum(change.move == move for change in mine)) for move in MOVES]
            made.add_row(name, str(count), *moves, str(sum(change.field == name for change in found.new_sure_wrong)))
    return made


def _changes(title: str, changes: list[Change]) -> Table:
    made = table(title, "Feld", "Datei", "vorher", "jetzt")
    for change in sorted(changes, key=lambda change: change.field):
        made.add_row(change.field, change.file, _said(change.before), _said(change.after))
    return made


def _said(state: State) -> str:
    return f"{OUTCOMES[state.outcome]}, {certainty(state.sure)}"


def total(found: Comparison) -> str:
    """Is the sum better or worse, and is any field wrong and sure that was not before?"""
    before, after = found.right
    if not found.common:
        return "Nichts zu vergleichen: kein Feld steht in beiden."
    verdict = "gleich" if before == after else "besser" if after > before else "schlechter"
    return (
        f"In der Summe {verdict}: richtig {after} (vorher {before}), ohne Prüfung {found.sure[1]} (vorher "
        f"{found.sure[0]}); neu sicher, aber falsch: {len(found.new_sure_wrong) or 'keines'}."
    )
