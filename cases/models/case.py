"""One application on its way, its file, its pages and its fields."""

from __future__ import annotations

import secrets
import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


def fresh_salt() -> str:
    return secrets.token_hex(16)


class State(models.TextChoices):
    """The stations of a case (DESIGN: the walk)."""

    RECEIVED = "received", _("Eingegangen")
    REVIEW = "review", _("Zur Prüfung")
    SECOND_REVIEW = "second_review", _("Zweitprüfung")
    ON_HOLD = "on_hold", _("Zurückgestellt")
    READY = "ready", _("Freigegeben")
    ENTERING = "entering", _("Wird übertragen")
    UNCLEAR = "unclear", _("Ergebnis unklar")
    ENTERED = "entered", _("Übertragen")
    REJECTED = "rejected", _("Zurückgewiesen")
    FAILED = "failed", _("Ausgesteuert")
    ERASED = "erased", _("Gelöscht")


FOR_A_PERSON: tuple[State, ...] = (
    State.REVIEW,
    State.SECOND_REVIEW,
    State.ON_HOLD,
    State.UNCLEAR,
    State.FAILED,
)
"""The states in which a case waits for a person: the work basket."""
OPEN: tuple[State, ...] = (State.RECEIVED, *FOR_A_PERSON, State.READY, State.ENTERING)
"""The states of a case that is on its way."""


class Document(models.Model):
    """The original bytes, kept under their hash and never changed."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    size_bytes = models.PositiveBigIntegerField()
    stored_at = models.DateTimeField(auto_now_add=True)


class Case(models.Model):
    """One application on its way. `reference` is what people and target systems see.

    Claims: `fence` rises with every claim and every take-over, `lease_until` is database time, `claimed_by` says
    which process holds the lease, `not_before` is the earliest time of the next claim. `needs_person` marks an
    UNCLEAR case that no robot will look at again. `kept_back`: read by a form on trial; no robot enters it until a
    person lets it go. `reason` is a person's own words (rejected, held).
    `salt` keys the fingerprints of values in the trail; it goes when the case is erased. So does `search_name`, the
    applicant's name as it is searched for (`cases.search_names`).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=20, unique=True)
    process = models.SlugField()
    document = models.OneToOneField(Document, null=True, blank=True, on_delete=models.PROTECT)
    salt = models.CharField(max_length=32, default=fresh_salt, editable=False)
    scanner = models.SlugField(blank=True)
    form = models.SlugField(blank=True)
    form_version = models.CharField(max_length=40, blank=True)
    guesses = models.JSONField(default=list)
    state = models.CharField(max_length=20, choices=State.choices, default=State.RECEIVED)
    problems = models.JSONField(default=list)
    received_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    due_at = models.DateTimeField()
    hold_until = models.DateField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    fence = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    claimed_by = models.JSONField(null=True, blank=True)
    not_before = models.DateTimeField(null=True, blank=True)
    needs_person = models.BooleanField(default=False)
    reason = models.TextField(blank=True)
    search_name = models.CharField(max_length=120, blank=True, db_index=True)
    cancelled = models.BooleanField(default=False)
    kept_back = models.BooleanField(default=False, db_default=False)
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    second_reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    locked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    locked_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["state", "received_at"]),
            models.Index(fields=["received_at", "reference"]),
            models.Index(fields=["state", "due_at", "received_at", "reference"]),
            models.Index(fields=["process", "state", "due_at", "received_at", "reference"], name="basket_of_a_process"),
            models.Index(
                fields=["due_at", "received_at", "reference"],
                condition=models.Q(state__in=FOR_A_PERSON),
                name="basket_by_urgency",
            ),
            models.Index(
                fields=["process", "received_at", "form", "form_version", "state"],
                condition=models.Q(state__in=OPEN),
                name="open_by_age",
            ),
            models.Index(
                fields=["process", "due_at", "form", "form_version", "state"],
                condition=models.Q(state__in=OPEN),
                name="open_by_deadline",
            ),
            models.Index(
                fields=["hold_until", "due_at", "received_at", "reference"],
                condition=models.Q(state="on_hold"),
                name="on_hold_by_day",
            ),
            models.Index(
                fields=["state", "search_name"],
                opclasses=["varchar_ops", "varchar_pattern_ops"],  # PostgreSQL: finds beginnings in every collation
                name="names_in_a_state",
            ),
            models.Index(
                fields=["process", "form", "form_version"],
                condition=models.Q(reviewer__isnull=False),
                name="reviewed_of_a_version",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(second_reviewer__isnull=True) | ~models.Q(second_reviewer=models.F("reviewer")),
                name="second_reviewer_is_another_person",
            ),
            models.CheckConstraint(
                condition=models.Q(second_reviewer__isnull=True) | models.Q(reviewer__isnull=False),
                name="second_review_follows_a_first",
            ),
        ]
        permissions = [
            ("review_case", "Darf Vorgänge prüfen"),
            ("second_review_case", "Darf Zweitprüfungen vornehmen"),
            ("operate", "Darf Warteschlangen und Ausgesteuertes bearbeiten"),
            ("read_trail", "Darf das Protokoll lesen und prüfen"),
            ("disclose_person", "Darf mit einer zweiten Person Personen im Protokoll benennen"),
            ("plan", "Darf Zeitpläne ändern und die Zahlen der Verfahren sehen"),
            ("teach", "Darf Formulare und Verfahren anlegen und die anderer freigeben"),
        ]

    def __str__(self) -> str:
        return self.reference


class Arrival(models.Model):
    """One row for every file that was ever offered: nothing that comes in goes without a trace.

    `token` names one taking of one file, so that a taking repeated after a crash leaves one row.
    """

    class Outcome(models.TextChoices):
        NEW = "new", _("Neuer Vorgang")
        DUPLICATE = "duplicate", _("Doppelt eingegangen")
        SET_ASIDE = "set_aside", _("Beiseitegelegt")

    at = models.DateTimeField()
    process = models.SlugField()
    file_name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    case = models.ForeignKey(Case, null=True, blank=True, on_delete=models.PROTECT, related_name="arrivals")
    problem_code = models.CharField(max_length=10, blank=True)
    token = models.CharField(max_length=36, unique=True, null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["at"])]


class Page(models.Model):
    """One cleaned page. The image lies in the store under `image` (PNG); it can be made again.

    `sheet` is the page of the original that it was made of; 0 where that was not written down.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="pages")
    number = models.PositiveSmallIntegerField()
    image = models.CharField(max_length=200)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    dpi = models.FloatField()
    skew_deg = models.FloatField()
    rotated_deg = models.SmallIntegerField()
    blank = models.BooleanField()
    sheet = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="one_page_per_number")]


class Field(models.Model):
    """One field of a case: what the machine read, and what a person made of it.

    `value` is the value in force, `state` the answer in force (read, empty on the paper, illegible, absent).
    `read_value`, `raw`, `engines` stay as the machine read them.
    `box` is [x0, y0, x1, y1] in pixels of the cleaned page, or null.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="fields")
    position = models.PositiveSmallIntegerField()
    name = models.SlugField()
    value = models.TextField(null=True, blank=True)
    read_value = models.TextField(null=True, blank=True)
    raw = models.TextField(null=True, blank=True)
    state = models.CharField(max_length=10, default="read")
    confidence = models.FloatField()
    sure = models.BooleanField()
    page = models.PositiveSmallIntegerField(null=True, blank=True)
    box = models.JSONField(null=True, blank=True)
    engines = models.JSONField(default=dict)
    problems = models.JSONField(default=list)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["case", "name"], name="one_field_per_name")]


class Draft(models.Model):
    """What a person has typed for one field of an open case and not yet confirmed; written with every change.

    `answer` is {"text", "mark", "reason"}; mark: "" or "empty" or "illegible". Goes with the decision of the case.
    A name that begins with `PANEL` is no field: what stands in a panel beside them (reason, letter, day).
    """

    PANEL = "panel-"

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="drafts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.SlugField()
    answer = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "user", "name"], name="one_draft_per_field")]


class Keying(models.Model):
    """What one of two people typed for a field with double keying, without seeing what was read or typed before.

    `turn` is 1 or 2. The same person cannot have both: the database refuses.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="keyings")
    name = models.SlugField()
    turn = models.PositiveSmallIntegerField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    value = models.TextField(null=True, blank=True)
    illegible = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "name", "turn"], name="one_keying_per_turn"),
            models.UniqueConstraint(fields=["case", "name", "user"], name="two_people_key_a_field"),
            models.CheckConstraint(condition=models.Q(turn__in=[1, 2]), name="keying_is_first_or_second"),
        ]


class Counter(models.Model):
    """The last number given out in a year; with the year it makes a case's reference."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)
