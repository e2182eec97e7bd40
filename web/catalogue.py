"""The English catalogue: German texts are the message ids, they are marked where they stand.

`python -m web.catalogue` takes new texts into `locale/en/LC_MESSAGES/django.po`, drops those that are gone, and
compiles it. After a conflict it makes one catalogue of those that are named: `python -m web.catalogue OURS THEIRS`. Git
holds no binaries: `make setup` and the build of the wheel compile as well.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
PO = ROOT / "web" / "locale" / "en" / "LC_MESSAGES" / "django.po"
MO = PO.with_suffix(".mo")
PACKAGES = ("ocr", "cases", "workers", "web", "config")
SINGLE = frozenset({"_", "gettext", "gettext_lazy", "gettext_noop"})
PLURAL = frozenset({"ngettext", "ngettext_lazy"})
CONTEXT = frozenset({"pgettext", "pgettext_lazy"})
IN_TEMPLATE = re.compile(r"""\b(n?p?gettext|_)\(((?:\s*u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")\s*,?)+)""")
TITLE = re.compile(r"# (\S+?):? (.+)")


@dataclass(frozen=True, slots=True)
class Text:
    """One marked text; `context` and `plural` may be empty."""

    context: str
    text: str
    plural: str = ""


def compile_catalogue() -> None:
    """Write what Django reads. Needs nothing but polib: the build of the wheel calls it."""
    polib.pofile(str(PO)).save_as_mofile(str(MO))


def marked() -> dict[Text, set[str]]:
    """Every marked text with the files in which it stands."""
    found: dict[Text, set[str]] = {}
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            for text in in_python(path.read_text(encoding="utf-8")):
                found.setdefault(text, set()).add(str(path.relative_to(ROOT)))
        for path in (ROOT / package).glob("templates/**/*.html"):
            for text in in_template(path.read_text(encoding="utf-8")):
                found.setdefault(text, set()).add(str(path.relative_to(ROOT)))
    for path in (ROOT / "docs" / "problems").glob("*.md"):
        found[Text("problem", path.stem)] = {str(path.relative_to(ROOT))}
    return found


def in_python(source: str) -> Iterator[Text]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            words = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
            yield from text_of(name, words)


def in_template(source: str) -> Iterator[Text]:
    """Django's own translation of a template into something that gettext understands, and its calls."""
    from django.utils.translation.template import templatize

    for name, arguments in IN_TEMPLATE.findall(templatize(source)):
        yield from text_of(name, list(ast.literal_eval(f"({arguments.rstrip(', ')},)")))


def text_of(name: str, words: list[str]) -> Iterator[Text]:
    if name in SINGLE and len(words) == 1:
        yield Text("", words[0])
    elif name in PLURAL and len(words) == 2:
        yield Text("", *words)
    elif name in CONTEXT and len(words) == 2:
        yield Text(*words)


def german_title(code: str) -> str:
    found = TITLE.match((ROOT / "docs" / "problems" / f"{code}.md").read_text(encoding="utf-8"))
    return found[2] if found else ""


def update(sources: Sequence[Path] = (PO,)) -> list[str]:
    """Bring the catalogue in step with the texts; what has no translation yet. The first source that has one counts."""
    known = [entry for source in reversed(sources) for entry in polib.pofile(str(source)) if entry.translated()]
    old = {(entry.msgctxt or "", entry.msgid): entry for entry in known}
    new = polib.POFile(wrapwidth=118)
    new.metadata = {
        "Language": "en",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=2; plural=(n != 1);",
    }
    texts = marked()
    for text in sorted(texts, key=lambda each: (each.context, each.text.casefold(), each.text)):
        new.append(_entry(text, sorted(texts[text]), old.get((text.context, text.text))))
    new.save(str(PO))
    return [entry.msgid for entry in new if not entry.translated()]


def _entry(text: Text, files: list[str], known: polib.POEntry | None) -> polib.POEntry:
    entry = polib.POEntry(msgid=text.text, msgctxt=text.context or None, occurrences=[(file, "") for file in files])
    if text.context == "problem":
        entry.comment = german_title(text.text)
    if "%(" in text.text:
        entry.flags = ["python-format"]
    if text.plural:
        entry.msgid_plural = text.plural
        entry.msgstr_plural = known.msgstr_plural if known and known.msgid_plural else {0: "", 1: ""}
    else:
        entry.msgstr = known.msgstr if known else ""
    return entry


def main() -> int:
    untranslated = update([Path(name) for name in sys.argv[1:]] or [PO])
    compile_catalogue()
    for text in untranslated:
        print(text)
    return 1 if untranslated else 0


if __name__ == "__main__":
    sys.exit(main())
