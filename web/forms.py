"""What people send besides field values: reasons, days, choices, searches."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.models import FOR_A_PERSON, State
from web import titles, values

INPUT = {"class": "kern-form-input__input"}
DAY = forms.DateInput(format="%d.%m.%Y", attrs={**INPUT, "placeholder": "TT.MM.JJJJ", "autocomplete": "off"})
DAYS = ("%d.%m.%Y", "%Y-%m-%d")


class GermanNames(forms.Select):
    """A choice among names from `config/`, which are German in every language of the screen."""

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(*args, **kwargs)
        if option["value"]:
            option["attrs"]["lang"] = "de"
        return option


class GermanDate(forms.CharField):
    """A day typed as TT.MM.JJJJ; the cleaned value is a `date`."""

    def clean(self, value: object) -> object:
        text = super().clean(value)
        try:
            day = values.meant("date", str(text))
        except values.NotSuchAValue as error:
            raise forms.ValidationError(str(error)) from error
        return day and forms.DateField(input_formats=["%Y-%m-%d"]).clean(day)


class StopForm(forms.Form):
    """Why targets are stopped."""

    reason = forms.CharField(
        label=_("Grund (für die anderen, ohne Namen und Daten aus Vorgängen)"),
        max_length=200,
        widget=forms.TextInput(attrs={**INPUT, "autocomplete": "off"}),
        error_messages={"required": _("Bitte angeben, warum angehalten wird.")},
    )


class DisclosureForm(forms.Form):
    """Who of the trail shall be named, and why."""

    person = forms.IntegerField(
        label=_("Nummer der Person"),
        min_value=1,
        max_value=10**9,
        widget=forms.TextInput(attrs={**INPUT, "inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "required": _("Bitte die Nummer aus dem Protokoll eintragen, zum Beispiel 3."),
            "invalid": _("Bitte nur die Nummer eintragen, zum Beispiel 3."),
            "min_value": _("Die Nummern beginnen bei 1."),
            "max_value": _("Diese Nummer gibt es nicht."),
        },
    )
    reason = forms.CharField(
        label=_("Grund (wird aufbewahrt)"),
        max_length=300,
        widget=forms.TextInput(attrs={**INPUT, "autocomplete": "off"}),
        error_messages={"required": _("Bitte angeben, warum die Person benannt werden soll.")},
    )


class HoldForm(forms.Form):
    """Until when a case waits, and for what."""

    PANEL = "hold"
    until = GermanDate(
        label=_("Wiedervorlage am"),
        widget=forms.TextInput(attrs={**INPUT, "placeholder": _("TT.MM.JJJJ"), "autocomplete": "off"}),
        error_messages={"required": _("Bitte den Tag der Wiedervorlage angeben.")},
    )
    reason = forms.CharField(
        label=_("Worauf wird gewartet? (freiwillig)"),
        required=False,
        max_length=1000,
        widget=forms.TextInput(attrs={**INPUT, "autocomplete": "off"}),
    )

    def clean_until(self) -> object:
        day = self.cleaned_data["until"]
        if day <= timezone.localdate():
            raise forms.ValidationError(_("Der Tag muss in der Zukunft liegen."))
        return day


def in_a_week() -> str:
    """The day that the hold form proposes."""
    return values.shown("date", (timezone.localdate() + timedelta(days=7)).isoformat())


class SettleForm(forms.Form):
    """What a person found in the target about a case whose entry is unclear."""

    OUTCOMES = (
        ("entered", _("Der Datensatz steht im Fachverfahren")),
        ("not_there", _("Der Datensatz fehlt: noch einmal übertragen")),
        ("search_again", _("Der Roboter soll noch einmal nachsehen")),
        ("reject", _("Vorgang zurückweisen")),
    )
    outcome = forms.ChoiceField(
        label=_("Was haben Sie im Fachverfahren gefunden?"),
        choices=OUTCOMES,
        widget=forms.RadioSelect,
        error_messages={"required": _("Bitte eine Antwort wählen.")},
    )
    record_number = forms.CharField(
        label=_("Nummer des Datensatzes"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={**INPUT, "autocomplete": "off"}),
    )
    reason = forms.CharField(
        label=_("Grund der Zurückweisung"),
        required=False,
        max_length=1000,
        widget=forms.TextInput(attrs={**INPUT, "autocomplete": "off"}),
    )

    def clean(self) -> dict[str, object]:
        given = self.cleaned_data
        if given.get("outcome") == "entered" and not given.get("record_number"):
            self.add_error("record_number", _("Bitte die Nummer des Datensatzes eintragen."))
        if given.get("outcome") == "reject" and not given.get("reason"):
            self.add_error("reason", _("Bitte den Grund angeben."))
        return given


class NumbersForm(forms.Form):
    """Of which cases and days the numbers are. What was left out has its usual value; nonsense as well."""

    von = forms.DateField(label=_("Von"), required=False, widget=DAY, input_formats=DAYS)
    bis = forms.DateField(label=_("Bis"), required=False, widget=DAY, input_formats=DAYS)
    verfahren = forms.ChoiceField(
        label=_("Verfahren"), required=False, widget=forms.Select(attrs={"class": "kern-form-input__select"})
    )
    fassung = forms.ChoiceField(
        label=_("Formular und Fassung"), required=False, widget=forms.Select(attrs={"class": "kern-form-input__select"})
    )

    def __init__(
        self, data: object, processes: Sequence[tuple[str, str]], versions: Sequence[tuple[str, str]], **more: Any
    ) -> None:
        super().__init__(data, **more)  # type: ignore[arg-type]
        self.fields["verfahren"].choices = [("", _("alle")), *processes]  # type: ignore[attr-defined]
        self.fields["fassung"].choices = [("", _("alle")), *versions]  # type: ignore[attr-defined]


class SearchForm(forms.Form):
    """Filters of the lists. Every part is optional, and nonsense is simply no filter."""

    q = forms.CharField(
        label=_("Vorgang"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={**INPUT, "placeholder": "2026-000123", "autocomplete": "off"}),
    )
    zustand = forms.ChoiceField(
        label=_("Zustand"), required=False, widget=forms.Select(attrs={"class": "kern-form-input__select"})
    )
    verfahren = forms.ChoiceField(
        label=_("Verfahren"), required=False, widget=GermanNames(attrs={"class": "kern-form-input__select"})
    )

    def __init__(self, data: object, states: tuple[State, ...] = FOR_A_PERSON, *, names: bool = False) -> None:
        """`names`: the applicant's name may be looked for as well."""
        super().__init__(data)  # type: ignore[arg-type]
        if names:
            self.fields["q"].label = _("Vorgang oder Name")
            self.fields["q"].widget.attrs["placeholder"] = _("2026-000123 oder Muster")
        self.fields["zustand"].choices = [  # type: ignore[attr-defined]
            ("", _("alle")),
            *((state.value, state.label) for state in states),
        ]
        self.fields["verfahren"].choices = [("", _("alle")), *titles.process_titles()]  # type: ignore[attr-defined]

    def chosen(self, name: str) -> str:
        """The value of one filter, empty when it was left out or made no sense."""
        self.is_valid()
        return str(self.cleaned_data.get(name) or "")
