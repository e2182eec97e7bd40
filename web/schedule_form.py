"""What an owner fills in for a schedule."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.utils.translation import gettext_lazy as _

from cases import schedules
from cases.hours import STATES
from cases.models import Schedule
from cases.schedules import Plan
from cases.transitions import Wish
from web import plans
from web.forms import INPUT

SELECT = {"class": "kern-form-input__select"}
CatchUp = Schedule.CatchUp
MOST_LINES = 20


def described_by(name: str) -> str:
    """The hint of a field, and its error where there is one."""
    return f"hinweis-{name} id_{name}_error"


class ScheduleForm(forms.Form):
    """For a new schedule `what` names work and subject; for one that is there they are fixed."""

    what = forms.ChoiceField(
        label=_("Was"),
        widget=forms.Select(attrs=SELECT),
        error_messages={"required": _("Bitte wählen, was geplant wird."), "invalid_choice": _("Bitte neu wählen.")},
    )
    words = forms.CharField(
        label=_("Wann"),
        max_length=200,
        widget=forms.TextInput(
            attrs={
                **INPUT,
                "autocomplete": "off",
                "list": "beispiele",
                "aria-describedby": "hinweis-words id_words_error",
            }
        ),
        error_messages={"required": _("Bitte angeben, wann, zum Beispiel „werktags 6 bis 20 Uhr, alle 10 Minuten“.")},
    )
    holidays = forms.ChoiceField(
        label=_("Feiertage"),
        required=False,
        choices=[("", _("wie andere Tage")), *((key, name) for key, name in STATES.items())],
        widget=forms.Select(attrs={**SELECT, "aria-describedby": described_by("holidays")}),
    )
    blackout = forms.CharField(
        label=_("Sperrzeiten"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={**INPUT, "rows": 3, "aria-describedby": described_by("blackout")}),
    )
    catch_up = forms.ChoiceField(
        label=_("Wenn ein Lauf verpasst wurde"),
        required=False,
        choices=CatchUp.choices,
        widget=forms.RadioSelect,
        initial=CatchUp.ONCE,
    )

    def __init__(self, user: User, data: Any = None, *, schedule: Schedule | None = None) -> None:
        super().__init__(data, initial=initial(schedule) if schedule else None)
        self.schedule = schedule
        self.plan: Plan | None = None
        if schedule is not None:
            del self.fields["what"]
            self.work, self.subject = schedule.work, schedule.subject
        else:
            self.work = self.subject = ""
            self.fields["what"].choices = choices(user)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if "what" in given:
            self.work, _colon, self.subject = given["what"].partition(":")
        if self.work and "words" in given and "holidays" in given and "blackout" in given:
            self._read(given)
        return given

    def clean_blackout(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["blackout"].splitlines() if line.strip()]
        if len(lines) > MOST_LINES:
            raise forms.ValidationError(_("Höchstens 20 Sperrzeiten."))
        return lines

    def _read(self, given: dict[str, Any]) -> None:
        try:
            self.plan = schedules.plan_of(self.work, given["words"], given["holidays"], given["blackout"])
        except ValueError as error:
            self.add_error("blackout" if str(error).startswith("Sperrzeit") else "words", str(error))

    @property
    def wish(self) -> Wish:
        given = self.cleaned_data
        return Wish(
            self.work,
            self.subject,
            given["words"],
            given["holidays"],
            tuple(given["blackout"]),
            given["catch_up"] or CatchUp.ONCE,
        )


def initial(schedule: Schedule) -> dict[str, str]:
    return {
        "words": schedule.words,
        "holidays": schedule.holidays,
        "blackout": "\n".join(schedule.blackout),
        "catch_up": schedule.catch_up,
    }


def choices(user: User) -> list[tuple[str, Any]]:
    """Kinds of work, below each what this person may plan it for; a target has one window only."""
    taken = schedules.planned(Schedule.Work.ENTRY)
    found: list[tuple[str, Any]] = [("", _("bitte wählen"))]
    for work in Schedule.Work:
        some = [
            (f"{work.value}:{name}", f"{work.label}: {title}")
            for name, title in plans.subjects(user, work).items()
            if work != Schedule.Work.ENTRY or name not in taken
        ]
        if some:
            found.append((str(work.label), some))
    return found
