"""Template tags: states, days and titles in words."""

from __future__ import annotations

from datetime import date, datetime

from django import template
from django.contrib.auth.models import User
from django.template import RequestContext
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_noop as _

from cases import pseudonyms, standing
from cases.models import PlannedRun, State
from cases.transitions.reconciliation import WORDS, Kind
from web import keys, plans, problems, states, titles

register = template.Library()

EVENT_KINDS = {
    "received": _("Eingegangen"),
    "set_aside": _("Beiseitegelegt"),
    "read": _("Ausgelesen"),
    "not_readable": _("Nicht lesbar"),
    "opened": _("Geöffnet"),
    "closed": _("Geschlossen"),
    "original_downloaded": _("Original heruntergeladen"),
    "letter_drafted": _("Briefentwurf erstellt"),
    "proof_printed": _("Nachweisblatt erstellt"),
    "confirmed": _("Geprüft"),
    "confirmed_again": _("Zweitgeprüft"),
    "keyed_differently": _("Zweite Erfassung weicht ab"),
    "field_confirmed": _("Feld geprüft (Gruppenprüfung)"),
    "form_chosen": _("Formular gewählt"),
    "rejected": _("Zurückgewiesen"),
    "held": _("Zurückgestellt"),
    "asked_back": _("Rückfrage gestellt"),
    "resumed": _("Wiederaufgenommen"),
    "hold_due": _("Wiedervorlage fällig"),
    "retried": _("Noch einmal versucht"),
    "sent_to_review": _("Zur Prüfung geholt"),
    "trials_asked": _("Scans zur Erprobung eingelegt"),
    "let_go": _("Trotz Erprobung zum Übertragen freigegeben"),
    "cancelled": _("Abgebrochen"),
    "cancel_asked": _("Abbruch verlangt"),
    "reading_claimed": _("Lesen begonnen"),
    "reading_broke": _("Lesen abgebrochen"),
    "reading_taken_over": _("Lesen übernommen"),
    "arrived_again": _("Noch einmal eingegangen"),
    "entry_claimed": _("Übertragung begonnen"),
    "lookup_claimed": _("Nachsehen begonnen"),
    "intent": _("Absenden angekündigt"),
    "disclosure_asked": _("Nach einer Person gefragt"),
    "disclosure_confirmed": _("Benennen einer Person bestätigt"),
    "entered": _("Übertragen"),
    "found": _("Im Fachverfahren gefunden"),
    "not_found": _("Im Fachverfahren nicht gefunden"),
    "tried": _("Probelauf ohne Absenden"),
    "not_there_yet": _("Vergleichslauf: noch nicht von Hand erfasst"),
    "several_found": _("Mehrfach gefunden"),
    "different_found": _("Mit anderen Werten gefunden"),
    "refused": _("Vom Fachverfahren abgelehnt"),
    "entry_broke": _("Übertragung abgebrochen"),
    "entry_unclear": _("Ergebnis unklar"),
    "lookup_broke": _("Nachsehen abgebrochen"),
    "settled_entered": _("Geklärt: übertragen"),
    "settled_not_there": _("Geklärt: nicht vorhanden"),
    "settled_search_again": _("Geklärt: noch einmal nachsehen"),
    "settled_reject": _("Geklärt: zurückgewiesen"),
    "robot_started": _("Roboter gestartet"),
    "robot_ended": _("Roboter beendet"),
    "reconciled": _("Abgleich mit dem Zielsystem"),
    "target_stopped": _("Zielsystem angehalten"),
    "target_started": _("Zielsystem gestartet"),
    "restored": _("Datensicherung zurückgebracht"),
    "doubted": _("Nach Rücksicherung: im Zielsystem nachzusehen"),
    "erased": _("Gelöscht"),
    "thresholds_proposed": _("Schwellen vorgeschlagen"),
    "schedule_added": _("Zeitplan angelegt"),
    "schedule_changed": _("Zeitplan geändert"),
    "schedule_paused": _("Zeitplan angehalten"),
    "schedule_resumed": _("Zeitplan fortgesetzt"),
    "schedule_deleted": _("Zeitplan gelöscht"),
    "schedule_run": _("Zeitplan von Hand ausgeführt"),
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
    return badge(look.tone, look.icon, gettext(standing.WORDS[condition]))


@register.filter
def finding_words(kind: Kind) -> str:
    return gettext(WORDS[kind])


@register.simple_tag
def badge(tone: str, icon_name: str, word: str) -> SafeString:
    return format_html(
        '<span class="kern-badge kern-badge--{}"><span class="kern-icon kern-icon--{}" aria-hidden="true"></span>'
        '<span class="kern-label">{}</span></span>',
        tone,
        icon_name,
        word,
    )


@register.simple_tag
def run_badge(run: PlannedRun) -> SafeString:
    """Word and icon of what came of a planned run."""
    if not run.outcome:
        return badge("info", "autorenew", gettext("läuft gerade") if run.started_at else gettext("vorgemerkt"))
    look = plans.OUTCOMES[PlannedRun.Outcome(run.outcome)]
    return badge(look.tone, look.icon, run.get_outcome_display())


register.filter("german", problems.german)
register.simple_tag(problems.told, name="problem_words")


@register.simple_tag(takes_context=True)
def this_page(context: RequestContext) -> str:
    """The address to come back to; after an input was refused that of the page that holds the form, one step up."""
    request = context.request
    path = request.get_full_path()
    return path if request.method in ("GET", "HEAD") else f"{request.path.rstrip('/').rpartition('/')[0]}/"


@register.filter
def person_name(user: User) -> str:
    return user.get_full_name() or user.get_username()


@register.filter
def form_title(name: str) -> SafeString | str:
    return problems.german(titles.form_title(name)) if name else gettext("unbekannt")


@register.filter
def process_title(name: str) -> SafeString | str:
    return problems.german(titles.process_title(name))


@register.filter
def day(value: date | datetime | None) -> str:
    """A day as it is written here; a moment counts in local time."""
    if value is None:
        return "–"
    local = timezone.localtime(value) if isinstance(value, datetime) else value
    return formats.date_format(local, "SHORT_DATE_FORMAT")


@register.filter
def moment(value: datetime | None) -> str:
    return formats.date_format(timezone.localtime(value), "SHORT_DATETIME_FORMAT") if value else "–"


@register.filter
def weekday(value: datetime | None) -> str:
    """The day of the week, two letters."""
    return formats.date_format(timezone.localtime(value), "D") if value else ""


@register.filter
def until(end: datetime, start: datetime) -> str:
    """When something ends that began at `start`: the time, and the day where it is another."""
    same_day = timezone.localtime(end).date() == timezone.localtime(start).date()
    return formats.date_format(timezone.localtime(end), "TIME_FORMAT") if same_day else f"{weekday(end)} {moment(end)}"


@register.filter
def clock(value: datetime | None) -> str:
    """The time of today, and the day as well when it was another day."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    time = formats.date_format(local, "TIME_FORMAT")
    if local.date() == timezone.localdate():
        return time
    return f"{formats.date_format(local, pgettext('date format', 'd.m.'))} {time}"


@register.filter
def key(name: str) -> str:
    """A key as it is written on a keyboard of this country."""
    return keys.shown(name)


@register.filter
def event_kind(kind: str) -> str:
    return gettext(EVENT_KINDS.get(kind, kind))


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
