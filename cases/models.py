"""What is stored. Only `cases.transitions` writes `Case.state`, `Entry` and `Event`."""

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


class Document(models.Model):
    """The original bytes, kept under their hash and never changed."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    size_bytes = models.PositiveBigIntegerField()
    stored_at = models.DateTimeField(auto_now_add=True)


class Case(models.Model):
    """One application on its way. `reference` is what people and target systems see.

    Claims: `fence` rises with every claim and every take-over, `lease_until` is database time, `claimed_by` says
    which process holds the lease, `not_before` is the earliest time of the next claim. `needs_person` marks an
    UNCLEAR case that no robot will look at again. `reason` is a person's own words (rejected, held).
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


class Run(models.Model):
    """One robot process and its session in a target. `ended_at` is set only when its processes are gone.

    `process_group` is {"pid", "start", "boot", "host", "pidns", "socket"} of the group's leader.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    target = models.SlugField()
    worker = models.JSONField(default=dict)
    process_group = models.JSONField(null=True, blank=True)
    started_at = models.DateTimeField()
    lease_until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["target", "ended_at"])]


class Gate(models.Model):
    """One row for each target, locked while a session or case is claimed.

    `failures` counts failed attempts in a row; until `not_before` the target is left alone, because of `reason`.
    From `stopped_at` on nothing is submitted until a person starts it again. `stopped_by` is a person or "breaker",
    `stop_reason` a person's words or a problem code.
    """

    target = models.SlugField(primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    not_before = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    stopped_by = models.CharField(max_length=160, blank=True)
    stop_reason = models.CharField(max_length=200, blank=True)


class Counter(models.Model):
    """The last number given out in a year; with the year it makes a case's reference."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)


class Entry(models.Model):
    """The ledger: one row for every attempt to enter a case into a target.

    `fence` is the fence number of the claim; a worker whose fence is not the case's newest may neither submit
    nor record. `intent_at` is set, durably, before the robot may press the submit button.
    `mode` is "enter"; every other one never submits. "resolve": look up what became of an unclear entry; "dry_run":
    everything but the submit; "shadow": compare with what a person entered.
    """

    class Mode(models.TextChoices):
        ENTER = "enter", _("übertragen")
        RESOLVE = "resolve", _("nachsehen")
        DRY_RUN = "dry_run", _("Probelauf")
        SHADOW = "shadow", _("Vergleichslauf")

    class Outcome(models.TextChoices):
        OPEN = "open", _("läuft")
        ENTERED = "entered", _("übertragen")
        FOUND = "found", _("war schon da")
        REJECTED = "rejected", _("vom Zielsystem abgelehnt")
        UNAVAILABLE = "unavailable", _("Zielsystem nicht erreichbar, nichts geschrieben")
        UNCLEAR = "unclear", _("Ergebnis unklar")
        CANCELLED = "cancelled", _("abgebrochen")
        NONE = "none", _("nicht gefunden")
        SEVERAL = "several", _("mehrfach gefunden")
        DIFFERENT = "different", _("mit anderen Werten gefunden")
        LOST = "lost", _("abgerissen, nichts geschrieben")
        TRIED = "tried", _("Probelauf bis vor das Absenden, nichts geschrieben")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="entries")
    target = models.SlugField()
    fence = models.PositiveIntegerField()
    claimed_at = models.DateTimeField()
    mode = models.CharField(max_length=8, choices=Mode.choices, default=Mode.ENTER)
    run = models.ForeignKey(Run, null=True, blank=True, on_delete=models.PROTECT, related_name="entries")
    worker = models.CharField(max_length=120, blank=True)
    payload_hash = models.CharField(max_length=64, blank=True)
    intent_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=12, choices=Outcome.choices, default=Outcome.OPEN)
    record_number = models.CharField(max_length=80, blank=True)
    receipt = models.JSONField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "fence"], name="one_entry_per_fence"),
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(outcome="open"), name="one_open_entry_per_case"
            ),
        ]


class Reconciliation(models.Model):
    """One comparison of the ledger with a target. `since`: only what was recorded from then on; None = all.

    `findings` is a list of {"kind", "reference", "record_number", "fields", "code"}; never field contents.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    target = models.SlugField()
    since = models.DateTimeField(null=True, blank=True)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=160)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    listed = models.PositiveIntegerField(null=True, blank=True)
    checked = models.PositiveIntegerField(default=0)
    findings = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["target", "asked_at"])]


class ChainHead(models.Model):
    """The newest event, in one row that is locked while the next one is written."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    number = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, blank=True)


class Event(models.Model):
    """One station stamp. Hash-chained over the whole trail: `hash` covers the row and `previous`.

    `details` never holds field contents (values are hashed where a change must be provable).
    """

    number = models.PositiveBigIntegerField(primary_key=True)
    at = models.DateTimeField()
    case = models.ForeignKey(Case, null=True, blank=True, on_delete=models.PROTECT, related_name="events")
    actor = models.CharField(max_length=160)  # "person:" and the longest user name
    kind = models.SlugField()
    from_state = models.CharField(max_length=20, blank=True)
    to_state = models.CharField(max_length=20, blank=True)
    details = models.JSONField(default=dict)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["number"]


class Membership(models.Model):
    """A person works on a process. A process without members is open to everybody who has the role for it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    process = models.SlugField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "process"], name="one_membership_per_process")]

    def __str__(self) -> str:
        return self.process


class Pseudonym(models.Model):
    """The number under which a person of the trail is shown ("Person 3")."""

    number = models.BigAutoField(primary_key=True)
    user_name = models.CharField(max_length=150, unique=True)


class Disclosure(models.Model):
    """One person asks, with a reason, who a pseudonym is; another one lets it be shown."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pseudonym = models.ForeignKey(Pseudonym, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(confirmed_by__isnull=True) | ~models.Q(confirmed_by=models.F("asked_by")),
                name="disclosure_needs_two_people",
            )
        ]
