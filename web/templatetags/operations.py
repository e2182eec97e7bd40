"""Template tags of the operations page: durations, names of queues and tasks in words."""

from __future__ import annotations

from datetime import datetime, timedelta

from django import template
from django.utils import formats, timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import catalog
from cases.models import Entry
from cases.operations.crew import Condition
from cases.operations.queues import HOUSEKEEPING, READ
from cases.operations.scanners import Sign
from web import figures
from web.problems import german
from web.states import CREW_LOOKS
from web.templatetags.laufzettel import badge

register = template.Library()
DAY_S, HOUR_S, MINUTE_S = 86400, 3600, 60

CONDITIONS = {
    "busy": gettext_lazy("arbeitet"),
    "idle": gettext_lazy("wartet"),
    "stuck": gettext_lazy("steht"),
}
TASKS = {
    "read_case": gettext_lazy("Lesen"),
    "enter": gettext_lazy("Übertragen"),
    "reconcile": gettext_lazy("Abgleich"),
    "sweep": gettext_lazy("Aufräumen"),
    "take_inbox": gettext_lazy("Eingang abholen"),
    "retention": gettext_lazy("Aufbewahrung"),
    "look_at_schedules": gettext_lazy("Zeitpläne ansehen"),
    "run_planned": gettext_lazy("Zeitplan ausführen"),
    "count": gettext_lazy("Zählen"),
}
SIGNS: dict[Sign, object] = {
    "streaks": gettext_lazy("Streifen"),
    "blurred": gettext_lazy("unscharf"),
    "skewed": gettext_lazy("schief"),
    "blank": gettext_lazy("viele leere Seiten"),
}
LINES = {
    "received": gettext_lazy("Eingegangen"),
    "read": gettext_lazy("Gelesen"),
    "entered": gettext_lazy("Übertragen"),
    "broke": gettext_lazy("Abgebrochene Versuche"),
    "waiting": gettext_lazy("Wartend"),
    "pages": gettext_lazy("Seiten"),
}


@register.simple_tag
def crew_badge(condition: Condition) -> SafeString:
    look = CREW_LOOKS[condition]
    return badge(look.tone, look.icon, str(CONDITIONS[condition]))


@register.filter
def duration(value: timedelta | None) -> str:
    """Rounded to what matters: "12 s", "4 min", "3 h 10 min", "2 Tage"."""
    if value is None:
        return "–"
    seconds = max(0, int(value.total_seconds()))
    if seconds < MINUTE_S:
        return _("%(seconds)d s") % {"seconds": seconds}
    if seconds < HOUR_S:
        return _("%(minutes)d min") % {"minutes": seconds // MINUTE_S}
    if seconds < 2 * DAY_S:
        return _("%(hours)d h %(minutes)d min") % {
            "hours": seconds // HOUR_S,
            "minutes": seconds % HOUR_S // MINUTE_S,
        }
    return _("%(days)d Tage") % {"days": seconds // DAY_S}


@register.filter
def ago(at: datetime | None, now: datetime) -> str:
    """How long something is past, "–" for never."""
    return duration(now - at) if at else "–"


@register.filter
def clock_s(at: datetime) -> str:
    return f"{timezone.localtime(at):%H:%M:%S}"


@register.filter
def hour_words(at: datetime) -> str:
    return formats.date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT")


@register.filter
def percent(value: float | None) -> str:
    return figures.percent(value, 0)


@register.filter
def queue_title(name: str) -> SafeString | str:
    if name == READ:
        return _("Lesen")
    if name == HOUSEKEEPING:
        return _("Haushalt")
    spec = catalog.targets().get(name.removeprefix("enter."))
    return german(spec.title) if spec else name


@register.filter
def task_title(name: str) -> str:
    return str(TASKS.get(name, name))


@register.filter
def sign_title(sign: Sign) -> str:
    return str(SIGNS[sign])


@register.filter
def outcome_title(outcome: str) -> str:
    return str(Entry.Outcome(outcome).label) if outcome else "–"


@register.filter
def line_title(key: str) -> str:
    return str(LINES[key])
