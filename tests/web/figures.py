"""Invented daily sums and blind samples of one month, always the same."""

from __future__ import annotations

import random
from datetime import timedelta

from django.utils import timezone

from cases import thresholds
from cases.models import Day, FieldSample
from ocr.confidence import FEATURES

REASONS = {
    "iban": ("L002", "R003", "L020"),
    "phone": ("L001", "L003"),
    "applicant_last_name": ("L002", "blind"),
    "date_of_birth": ("L020", "R005"),
    "first_dog": ("L016",),
    "": ("L012", "V014"),
}
SAMPLED = {"iban": (412, 1, "iban-comb"), "applicant_last_name": (530, 21, "name"),
           "date_of_birth": (390, 0, "date-comb"), "first_dog": (120, 0, "checkbox")}  # fmt: skip
OLDER = "2026-01"
NEWER = "2026-02"


def work_of_a_month() -> None:
    chance, today = random.Random(7), timezone.localdate()
    for ago in range(30):
        day = today - timedelta(days=ago)
        weekend = day.weekday() > 4
        received = chance.randrange(2, 9) if weekend else chance.randrange(70, 130)
        read = received - chance.randrange(0, 3)
        version = OLDER if ago > 12 else NEWER
        share = 0.58 if version == OLDER else 0.7
        done = 0 if weekend else chance.randrange(70, 125)
        process = {"day": day, "process": "hundesteuer"}
        Day.objects.create(**process, received=received)
        Day.objects.create(
            **process, form="hundesteuer", form_version=version, read=read, through=int(read * share),
            blind=int(read * 0.04), released=done, entered=done, rejected=done // 25,
            reasons={field: why(codes, read, chance) for field, codes in REASONS.items()},
        )  # fmt: skip
    for field, (count, wrong, group) in SAMPLED.items():
        samples(field, count, wrong, group)
        samples(field, 900, 100, group, blind=False)
    samples("applicant_first_name", 1400, 2, "name-uneven", blind=False, even=2.0)


def why(codes: tuple[str, ...], read: int, chance: random.Random) -> dict[str, int]:
    asked = int(read * chance.uniform(0.02, 0.2) * len(codes) / 2)
    return {"": asked, **{code: asked // len(codes) + (asked > 3) for code in codes}}


def samples(field: str, count: int, wrong: int, group: str, *, blind: bool = True, even: float = 0.0) -> None:
    """`even`: how well it all looks; asked fields look worse."""
    score = 7.0 if blind or even else -4.0
    evidence = [score, 1.0, 1.0, 0.0, 0.0, 0.99, 0.98, 1.0, 0.0, 2.0, 4.0 + even, 0.9, 0.9]
    assert len(evidence) == len(FEATURES)
    at = timezone.now() - timedelta(days=3)
    FieldSample.objects.bulk_create(
        FieldSample(
            document=str(number), at=at, process="hundesteuer", form="hundesteuer", form_version=NEWER, field=field,
            group=group, confidence=0.999, evidence=evidence, blind=blind, share=0.01 if blind else 1.0,
            right=number >= wrong,
        )
        for number in range(count)
    )  # fmt: skip
    thresholds.look_again()
