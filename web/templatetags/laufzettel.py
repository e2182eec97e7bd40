"""Template tags: states, days and titles in words."""

from __future__ import annotations

from datetime import date, datetime

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cases import pseudonyms, standing
from cases.models import State
from cases.transitions.reconciliation import WORDS, Kind
from web import keys, states, titles

register = template.Library()

EVENT_KINDS = {
    "received": "Eingegangen",
    "set_aside": "Beiseitegelegt",
    "read": "Ausgelesen",
    "not_readable": "Nicht lesbar",
    "opened": "Geöffnet",
    "closed": "Geschlossen",
    "original_downloaded": "Original heruntergeladen",
    "letter_drafted": "Briefentwurf erstellt",
    "proof_printed": "Nachweisblatt erstellt",
    "confirmed": "Geprüft",
    "confirmed_again": "Zweitgeprüft",
    "keyed_differently": "Zweite Erfassung weicht ab",
    "field_confirmed": "Feld geprüft (Gruppenprüfung)",
    "form_chosen": "Formular gewählt",
    "rejected": "Zurückgewiesen",
    "held": "Zurückgestellt",
    "asked_back": "Rückfrage gestellt",
    "resumed": "Wiederaufgenommen",
    "hold_due": "Wiedervorlage fällig",
    "retried": "Noch einmal versucht",
    "sent_to_review": "Zur Prüfung geholt",
    "cancelled": "Abgebrochen",
    "cancel_asked": "Abbruch verlangt",
    "reading_claimed": "Lesen begonnen",
    "reading_broke": "Lesen abgebrochen",
    "reading_taken_over": "Lesen übernommen",
    "arrived_again": "Noch einmal eingegangen",
    "entry_claimed": "Übertragung begonnen",
    "lookup_claimed": "Nachsehen begonnen",
    "intent": "Absenden angekündigt",
    "disclosure_asked": "Nach einer Person gefragt",
    "disclosure_confirmed": "Benennen einer Person bestätigt",
    "entered": "Übertragen",
    "found": "Im Fachverfahren gefunden",
    "not_found": "Im Fachverfahren nicht gefunden",
    "tried": "Probelauf ohne Absenden",
    "not_there_yet": "Vergleichslauf: noch nicht von Hand erfasst",
    "several_found": "Mehrfach gefunden",
    "different_found": "Mit anderen Werten gefunden",
    "refused": "Vom Fachverfahren abgelehnt",
    "entry_broke": "Übertragung abgebrochen",
    "entry_unclear": "Ergebnis unklar",
    "lookup_broke": "Nachsehen abgebrochen",
    "settled_entered": "Geklärt: übertragen",
    "settled_not_there": "Geklärt: nicht vorhanden",
    "settled_search_again": "Geklärt: noch einmal nachsehen",
    "settled_reject": "Geklärt: zurückgewiesen",
    "robot_started": "Roboter gestartet",
    "robot_ended": "Roboter beendet",
    "reconciled": "Abgleich mit dem Zielsystem",
    "target_stopped": "Zielsystem angehalten",
    "target_started": "Zielsystem gestartet",
    "erased": "Gelöscht",
    "thresholds_proposed": "Schwellen vorgeschlagen",
}


@register.simple_tag
def icon(name: str) -> SafeString:
    """A KERN icon; it only repeats what a word beside it says."""
    return format_html('<span class="kern-icon kern-icon--{}" aria-hidden="true"></span>', name)


@register.simple_tag
def state_badge(state: str) -> SafeString:
    """Word and icon of a state."""
    look = states.LOOKS[State(state)]
    return badge(look.tone, look.icon, str(State(state).label))


@register.simple_tag
def target_badge(condition: standing.Condition) -> SafeString:
    """Word and icon of how a target stands."""
    look = states.TARGET_LOOKS[condition]
    return badge(look.tone, look.icon, standing.WORDS[condition])


@register.filter
def finding_words(kind: Kind) -> str:
    return WORDS[kind]


@register.simple_tag
def badge(tone: str, icon_name: str, word: str) -> SafeString:
    return format_html(
        '<span class="kern-badge kern-badge--{}"><span class="kern-icon kern-icon--{}" aria-hidden="true"></span>'
        '<span class="kern-label">{}</span></span>',
        tone,
        icon_name,
        word,
    )


@register.filter
def form_title(name: str) -> str:
    return titles.form_title(name) if name else "unbekannt"


@register.filter
def process_title(name: str) -> str:
    return titles.process_title(name)


@register.filter
def day(value: date | datetime | None) -> str:
    """A day as in Germany; a moment counts in local time."""
    if value is None:
        return "–"
    return f"{timezone.localtime(value) if isinstance(value, datetime) else value:%d.%m.%Y}"


@register.filter
def moment(value: datetime | None) -> str:
    return f"{timezone.localtime(value):%d.%m.%Y %H:%M}" if value else "–"


@register.filter
def clock(value: datetime | None) -> str:
    """The time of today, and the day as well when it was another day."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    return f"{local:%H:%M}" if local.date() == timezone.localdate() else f"{local:%d.%m. %H:%M}"


@register.filter
def key(name: str) -> str:
    """A key in German."""
    return keys.shown(name)


@register.filter
def event_kind(kind: str) -> str:
    return EVENT_KINDS.get(kind, kind)


@register.filter
def actor(name: str) -> str:
    """An actor of the trail as everyone may see it: people by their number."""
    return pseudonyms.shown([name])[name]


@register.filter
def state_name(state: str) -> str:
    return str(State(state).label) if state in State.values else state


@register.filter
def back_case(tags: str) -> str:
    """The case that a message offers to take back; empty for all others."""
    return next((tag.removeprefix("back-") for tag in tags.split() if tag.startswith("back-")), "")
