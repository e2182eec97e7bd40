"""Fields that people answer tell how good the reading is: drawn, kept without contents, judged when confirmed."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from django.db import transaction

from cases import catalog, clock, thresholds
from cases.models import Case, FieldSample
from ocr.confidence import NOT_UNSEEN
from ocr.page import FieldReading
from ocr.spec import FormSpec


def share_of(case: Case) -> float:
    spec = catalog.processes().get(case.process)
    return spec.blind_share if spec else 0.0


def drawn(case: Case, name: str, share: float) -> bool:
    """Whether this field belongs to the blind sample: always the same answer for one case, known to nobody before."""
    digest = hashlib.sha256(f"blind {case.salt}{case.pk}{name}".encode()).digest()
    return int.from_bytes(digest[:8], "big") < share * 2**64


def draw(case: Case, fields: Iterable[FieldReading], broken: Collection[str]) -> frozenset[str]:
    """The sure fields that a person is asked about all the same. One that breaks a rule would not pass anyway."""
    share = share_of(case)
    return frozenset(
        one.name for one in fields if one.sure and one.group and one.name not in broken and drawn(case, one.name, share)
    )


def asking(fields: Iterable[FieldReading], names: Collection[str]) -> tuple[FieldReading, ...]:
    """The fields; the drawn ones look like any other that is not sure enough."""
    return tuple(
        replace(one, sure=False, problems=one.problems or (NOT_UNSEEN,)) if one.name in names else one for one in fields
    )


def keep(
    case: Case, form: FormSpec, fields: Sequence[FieldReading], blind: Collection[str], without: Collection[str]
) -> None:
    """Keep the evidence of every field that asks because of its confidence, and of the blind sample. Nothing where the
    process draws none. `without`: fields that ask for another reason.
    """
    case.samples.all().delete()
    share, now = share_of(case), clock.now()
    if not share:
        return
    FieldSample.objects.bulk_create(
        FieldSample(
            case=case,
            document=hashlib.sha256(f"sample {case.salt}{case.pk}".encode()).hexdigest()[:16],
            at=now,
            process=case.process,
            form=form.name,
            form_version=form.version,
            field=one.name,
            group=one.group,
            confidence=one.confidence,
            evidence=list(one.evidence),
            blind=one.name in blind,
            share=share if one.name in blind else 1.0,
        )
        for one in fields
        if one.group and not one.sure and one.name not in without
    )


def judge(case: Case, *, again: bool) -> None:
    """What the machine read, is it what people confirmed? Once, and in a second review (`again`) once more; what is
    changed later (because a target refuses it) says nothing of the reading. What nobody could read was not right.
    """
    open_ones = case.samples.all() if again else case.samples.filter(right=None)
    judged = list(open_ones)
    answers = {field.name: field for field in case.fields.exclude(confirmed_by=None)} if judged else {}
    for one in judged:
        if (answer := answers.get(one.field)) is not None:
            one.right = answer.state != "illegible" and answer.value == answer.read_value
    FieldSample.objects.bulk_update(judged, ["right"])
    if judged:
        transaction.on_commit(thresholds.look_again)
