"""Keys of the review screen: what each does, which it is by default, and what a person has made of it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.contrib.auth.models import User
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_noop as _

from web.models import Preference

NAMED = ("Enter", "Space", "Insert", "Home", "End", "PageUp", "PageDown", *(f"F{number}" for number in range(1, 13)))
KEY = re.compile(rf"(?:(Ctrl)\+)?(?:(Alt)\+)?(?:(Shift)\+)?({'|'.join(NAMED)}|\S)")
GERMAN = {
    "Ctrl": "Strg", "Shift": "Umschalt", "Space": "Leertaste", "Insert": "Einfg", "Home": "Pos1", "End": "Ende",
    "PageUp": "BildAuf", "PageDown": "BildAb",
}  # fmt: skip
ENGLISH = {word.casefold(): name for name, word in GERMAN.items()} | {
    name.casefold(): name for name in ("Ctrl", "Alt", "Shift", *NAMED)
}


@dataclass(frozen=True, slots=True)
class Action:
    """What a key does. `key` is the usual one ("Ctrl+Enter"), `does` says it in German."""

    name: str
    key: str
    does: str

    @property
    def words(self) -> str:
        """What it does, in the language of the screen."""
        return gettext(self.does)


ACTIONS = (
    Action("confirm", "Enter", _("bestätigt das Feld und geht zum nächsten unsicheren")),
    Action("finish", "Ctrl+Enter", _("gibt den Vorgang frei")),
    Action("override", "Alt+Enter", _("übergeht eine Regel: geht zur Begründung des Feldes")),
    Action("reading_1", "Alt+1", _("übernimmt die Lesart des ersten Lesers")),
    Action("reading_2", "Alt+2", _("übernimmt die Lesart des zweiten Lesers")),
    Action("suggestion", "Alt+3", _("übernimmt den Vorschlag zur verletzten Regel")),
    Action("illegible", "F4", _("beantwortet das Feld mit „unleserlich“")),
    Action("words", "Alt+5", _("zeigt die Wörter der Seite zur Auswahl")),
    Action("page", "F2", _("wechselt zwischen ganzer Seite und Ausschnitt")),
    Action("all", "Alt+0", _("zeigt alle Felder")),
    Action("clarify", "F8", _("öffnet den Klärfall: Rückfrage oder Zurückweisung")),
    Action("hold", "F9", _("öffnet die Wiedervorlage")),
    Action("undo", "Ctrl+Z", _("nimmt die letzte Änderung zurück (im Eingabefeld zuerst das Getippte)")),
    Action("help", "?", _("zeigt die Tasten, wenn kein Eingabefeld den Fokus hat")),
)
USUAL: Mapping[str, str] = {action.name: action.key for action in ACTIONS}


class NotAKey(ValueError):
    """The typed text names no key; the message says what to do."""


def keys_of(user: User) -> dict[str, str]:
    """The keys of a person by action; empty when they are switched off."""
    own = Preference.objects.filter(user=user).first()
    if own is None:
        return dict(USUAL)
    return {name: str(own.keys.get(name, key)) for name, key in USUAL.items()} if own.keys_on else {}


def keyboard(user: User) -> dict[str, object]:
    """The keys of this person for a page: for its script, its labels and its help."""
    own = keys_of(user)
    actions = [replace(action, key=own.get(action.name, "")) for action in ACTIONS]
    return {"keys": own, "keys_json": json.dumps(own), "actions": actions}


def shown(key: str) -> str:
    """The key as it is written on a keyboard: "Strg+Enter"."""
    return "+".join(words().get(part, part) for part in key.split("+")) if key != "+" else key


def words() -> Mapping[str, str]:
    """The words on the keys, where they differ from the names of the browsers."""
    return GERMAN if get_language() == "de" else {}


def meant(text: str) -> str:
    """The key that a text like "strg + enter" or "Alt+7" names.

    Raises:
        NotAKey: when there is no such key, or when it would fire while somebody writes.
    """
    parts = [part for part in re.split(r"[\s+]+", text.strip()) if part]
    named = [ENGLISH.get(part.casefold(), part.upper() if len(part) == 1 else part) for part in parts]
    held = [name for name in ("Ctrl", "Alt", "Shift") if name in named[:-1]]
    key = "+".join([*held, named[-1]]) if named else ""
    if len(held) != len(named) - 1 or KEY.fullmatch(key) is None:
        raise NotAKey(
            gettext("Diese Taste gibt es nicht. Bitte zum Beispiel „F4“, „Alt+5“ oder „Strg+Enter“ eintragen.")
        )
    if len(named[-1]) == 1 and named[-1].isalnum() and not {"Ctrl", "Alt"} & set(held):
        raise NotAKey(
            gettext("Ein einzelner Buchstabe oder eine Ziffer löst beim Schreiben aus. Bitte mit Strg oder Alt.")
        )
    return key


def save(user: User, keys: Mapping[str, str], on: bool) -> None:
    """Keep a person's keys; the usual ones are not written down, so that they may change for all."""
    own = {name: key for name, key in keys.items() if key != USUAL.get(name)}
    Preference.objects.update_or_create(user=user, defaults={"keys": own, "keys_on": on})
