"""What people send about a case that cannot go on by itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases import drafts
from cases.models import Case
from web import letters, values
from web.forms import INPUT, GermanDate

OTHER = "other"
PANEL = "clarify"
ANSWER_DAYS = 14
WRONG_USE = {
    "ask": _("Dieser Grund ist nicht für eine Rückfrage vorgesehen. Bitte einen anderen wählen."),
    "reject": _("Dieser Grund ist nicht für eine Zurückweisung vorgesehen. Bitte einen anderen wählen."),
}


class ClarifyForm(forms.Form):
    """Why a case cannot go on, and whether the applicant is asked back or refused (`decision`)."""

    LONGEST_LETTER = 10_000
    reason = forms.ChoiceField(
        label=_("Grund"), widget=forms.RadioSelect, error_messages={"required": _("Bitte einen Grund wählen.")}
    )
    remark = forms.CharField(
        label=_("Bemerkung für das Amt"),
        required=False,
        max_length=1000,
        widget=forms.TextInput(attrs={**INPUT, "autocomplete": "off"}),
    )
    text = forms.CharField(
        label=_("Text des Briefs (wird nicht versandt und nur bis zur Entscheidung aufbewahrt)"),
        required=False,
        max_length=LONGEST_LETTER,
        widget=forms.Textarea(attrs={**INPUT, "rows": 12, "lang": "de"}),
    )
    until = GermanDate(
        label=_("Antwort erwartet bis (nur bei Rückfrage)"),
        required=False,
        widget=forms.TextInput(attrs={**INPUT, "placeholder": _("TT.MM.JJJJ"), "autocomplete": "off"}),
    )
    decision = forms.ChoiceField(choices=[("ask", _("Rückfrage")), ("reject", _("Zurückweisung"))])

    def __init__(self, data: Mapping[str, Any] | None = None, *, case: Case, **more: Any) -> None:
        super().__init__(data, **more)
        self.reasons = {reason.key: reason for reason in letters.reasons(case)}
        choices = [(key, reason.title) for key, reason in self.reasons.items()]
        self.fields["reason"].choices = [*choices, (OTHER, _("Anderer Grund"))]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        reason = self.reasons.get(given.get("reason", ""))
        decision = given.get("decision")
        if given.get("reason") == OTHER and not given.get("remark"):
            self.add_error("remark", _("Bitte den Grund in eigenen Worten angeben."))
        if reason and decision and reason.use not in (decision, "both"):
            self.add_error("reason", WRONG_USE[decision])
        if decision == "ask" and "until" in given and (not given["until"] or given["until"] <= timezone.localdate()):
            self.add_error("until", _("Bitte einen Tag in der Zukunft angeben, bis zu dem die Antwort erwartet wird."))
        title = reason.title if reason else ""
        words = " – ".join(part for part in (title, given.get("remark", "")) if part)
        return {**given, "reason": reason.key if reason else given.get("reason", ""), "words": words}


def panel(case: Case, user: User, chosen: str) -> dict[str, Any]:
    """What the panel needs: the form, with what this person has typed so far, and the filled text of every reason."""
    texts = texts_of(case, user)
    begun = {"reason": chosen, "text": texts.get(chosen, ""), "until": values.shown("date", answer_by().isoformat())}
    initial = begun | drafts.in_panel(case, user, PANEL)
    return {"clarify_form": ClarifyForm(case=case, initial=initial), "letter_texts": texts}


def texts_of(case: Case, user: User) -> dict[str, str]:
    """The letters of all reasons by key, filled with the case and with what this person has typed so far."""
    answers = drafts.of(case, user)
    return {reason.key: letters.filled(case, reason, answer_by(), answers) for reason in letters.reasons(case)}


def answer_by() -> date:
    return timezone.localdate() + timedelta(days=ANSWER_DAYS)
