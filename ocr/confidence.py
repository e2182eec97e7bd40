"""What a confidence means: fitted on fields whose truth is known, and from which confidence on a field may pass.

A reading's own score says which of two readings is the better one; it does not say how often it is right. For each
kind of field a calibrator turns the evidence (that score, how far the engines agree, what each says of itself, what the
kind knows) into the share of such fields that are right. Thresholds follow from error budgets: the lowest confidence
from which on, by the upper bound for the data, no more than the budget is wrong. Where the data are too few, the field
asks.

Samples hold no content of a document. Runs no engine.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from ocr.errors import FormProblem
from ocr.judge import folded, is_proven
from ocr.kinds import kind, kind_names
from ocr.page import FieldReading, Note
from ocr.spec import FieldSpec, FormSpec

FEATURES = (
    "score",
    "agreement",
    "alike",
    "one_engine",
    "looked_again",
    "most_sure",
    "least_sure",
    "fits",
    "notes",
    "length",
    "elsewhere",
    "even",
    "all_even",
)
LEAST_SAMPLES = 50
"""With fewer readings of a kind nothing is fitted for it: they join all other kinds."""
FOLDS = 10
LEVEL = 0.95
"""Of the upper bound for the share of wrong ones (one-sided)."""
RIDGE = 3.0
"""Weight of the logistic calibrator's penalty, in samples: holds it back where the data are few."""
SMALLEST_STEP = 1e-8
"""Of a weight: what changes by less is fitted."""
LEAST_PER_STEP = 5
"""So many samples at least are behind each step of a step function."""
LARGEST_BUDGET = 0.2
"""Thresholds are kept for budgets up to this."""
EVEN = 0.85
"""Of writing whose evenness is not known: that of print."""
LEAST_EVEN = 0.68
"""A document whose writing is less even was filled in by hand, or its print is in a bad way.
Source: of 400 typed documents of `demo.samples` 1 % are below 0.69, of 200 hand-like ones 1 % above 0.675.
"""
EMPTY_BY_LABEL = "empty-by-label"
ALL, ALL_MARKS = "all", "all-marks"
POOLS = (ALL, ALL_MARKS)
"""Calibrators of all values that are read as text, and of all that are marks, for kinds with too few samples."""
STATES = ("absent", "empty", EMPTY_BY_LABEL)
"""Groups of what has no value: none says anything of another."""
COMB, UNEVEN = "-comb", "-uneven"
"""What the names of groups end with, behind the kind of field."""
NEVER_SURE = frozenset({"L001", "L004", "L005", "L006", "L012", "L014", "L017", "L019", "L021", "K016", "K028"})
"""Notes that say that a person must look, whatever the figures say."""
TOO_FEW = Note("L016", "Für diese Feldart gibt es noch zu wenige geprüfte Beispiele. Bitte mit dem Bild vergleichen.")
NOT_UNSEEN = Note("L020", "Dieses Feld läuft nicht ungeprüft durch. Bitte mit dem Bild vergleichen.")
"""Not sure enough; or drawn for the blind sample, whose fields must look like the others."""

Vector = NDArray[np.float64]
Method = Literal["steps", "logistic"]


@dataclass(frozen=True, slots=True)
class Sample:
    """One field of one document and whether it was right. `document` only keeps together what belongs together."""

    document: str
    form: str
    group: str
    evidence: tuple[float, ...]
    right: bool


@dataclass(frozen=True, slots=True)
class Steps:
    """A rising step function: from `scores[i]` on the confidence is `values[i]`. Source: isotonic regression by pooling
    adjacent violators, Ayer et al. 1955; Zadrozny and Elkan 2002."""

    scores: tuple[float, ...]
    values: tuple[float, ...]

    def __call__(self, evidence: Sequence[float]) -> float:
        at = int(np.searchsorted(self.scores, evidence[0], side="right")) - 1
        return self.values[max(0, at)]


@dataclass(frozen=True, slots=True)
class Logistic:
    """`1 / (1 + exp(-(bias + weights * evidence)))`. Source: Platt 1999."""

    bias: float
    weights: tuple[float, ...]

    def __call__(self, evidence: Sequence[float]) -> float:
        total = self.bias + sum(w * e for w, e in zip(self.weights, evidence, strict=True))
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))


@dataclass(frozen=True, slots=True)
class Passing:
    """Of the samples, by cross-validation, `count` have at least this confidence; `wrong` of them are wrong."""

    confidence: float
    count: int
    wrong: int


@dataclass(frozen=True, slots=True)
class Calibrator:
    """What was fitted for one group. `error` is the expected calibration error by cross-validation (10 bins).

    `limits`: thresholds by budget that daily work has decided (`ocr.thresholds`); they stand above what was fitted.
    """

    samples: int
    right: int
    error: float
    model: Steps | Logistic
    passing: tuple[Passing, ...]
    limits: tuple[tuple[float, float | None], ...] = ()

    def confidence(self, evidence: Sequence[float]) -> float:
        """The share of such fields that are right; never nearer to 0 or 1 than so many samples can tell."""
        margin = 1.0 / (self.samples + 2)
        return round(min(1.0 - margin, max(margin, self.model(evidence))), 4)

    def threshold(self, budget: float) -> float | None:
        """The lowest confidence from which on at most `budget` is wrong, by the upper bound; None = nothing passes."""
        if self.limits:
            return next((at for most, at in reversed(self.limits) if most <= budget), None)
        good = [p.confidence for p in self.passing if upper_bound(p.wrong, p.count) <= budget]
        return min(good) if good else None

    def passes_from(self, budget: float) -> float | None:
        """The confidence from which on a field passes: its kind keeps to the budget, and so does the field itself."""
        threshold = self.threshold(budget)
        return None if threshold is None else max(threshold, 1.0 - budget)


@dataclass(frozen=True, slots=True)
class Told:
    """What a calibrator that has not seen its document says of a sample, and whether it was right."""

    group: str
    confidence: float
    right: bool


@dataclass(frozen=True, slots=True)
class Calibration:
    """Calibrators by group; `forms` counts the documents of each form behind them."""

    groups: Mapping[str, Calibrator]
    forms: Mapping[str, int]

    def of(self, group: str) -> Calibrator | None:
        """Its own, else that of all values like it together; of what has no value only its own."""
        return self.groups.get(group) or self.groups.get(pool_of(group) or "")


def log_odds(score: float) -> float:
    """Of a score 0..1, kept within -7 and 7."""
    score = min(0.999, max(0.001, score))
    return round(math.log(score / (1.0 - score)), 4)


@dataclass(frozen=True, slots=True)
class Around:
    """What the document says of one of its fields: how well its other written fields were read (mean log odds, 0
    without any), and how even all its writing is (see `ocr.shapes.evenness`).

    A hand that is hard to read, or a bad copy, makes every field of a document less certain than it looks alone.
    """

    elsewhere: float = 0.0
    all_even: float = EVEN


def around(readings: Sequence[FieldReading]) -> tuple[Around, ...]:
    """For each field of a document what the others say."""
    written = [log_odds(one.confidence) if one.engines else None for one in readings]
    total, count = sum(w for w in written if w is not None), sum(w is not None for w in written)
    own = [(w, 1) if w is not None else (0.0, 0) for w in written]
    even = [one.even for one in readings if one.even is not None]
    all_even = round(sum(even) / len(even), 4) if even else EVEN
    return tuple(Around(round((total - w) / (count - n), 4) if count > n else 0.0, all_even) for w, n in own)


def groups_of(spec: FieldSpec) -> tuple[str, str]:
    """The groups that the values of a field may belong to: those in even writing, and those in uneven."""
    even = spec.kind + COMB if spec.cells else spec.kind
    return even, even + UNEVEN


def pool_of(group: str) -> str | None:
    """The pool that a group with too few samples belongs to."""
    if group in STATES:
        return None
    name = group.removesuffix(UNEVEN).removesuffix(COMB)
    return ALL_MARKS if name in kind_names() and kind(name).parse is None else ALL


def group_of(spec: FieldSpec, reading: FieldReading, beside: Around) -> str:
    """Values by their kind, those in combs apart: there the characters stand one by one. Those in uneven writing apart:
    engines that agree on a hand are wrong far more often than on print. What is empty or absent apart, for it is wrong
    for other reasons, whatever its kind; and empty by a label alone apart from empty in a box of the form: beside a
    label the value may stand somewhere else.
    """
    if reading.state == "empty" and spec.box_mm is None:
        return EMPTY_BY_LABEL
    if reading.state != "read":
        return reading.state
    even, uneven = groups_of(spec)
    return uneven if reading.engines and beside.all_even < LEAST_EVEN else even


def evidence_of(spec: FieldSpec, reading: FieldReading, language: str, beside: Around) -> tuple[float, ...]:
    """What speaks for a reading, in the order of FEATURES."""
    known = kind(spec.kind)
    parsed = [] if known.parse is None else [known.parse(r.text, language) for r in reading.engines.values()]
    values = [p.value for p in parsed if p is not None]
    alike = fuzz.ratio(folded(values[0]), folded(values[1])) / 100 if len(values) > 1 else 0.0
    if parsed and is_proven(parsed[0], reading.engines):
        alike = 1.0  # the proof stands for the second reading
    sure = [r.confidence for r in reading.engines.values()] or [reading.confidence]
    return (
        log_odds(reading.confidence),
        round(alike, 4),
        float(alike == 1.0),
        float(len(values) == 1 and alike < 1.0),
        float(any(engine.second_look for engine in reading.engines.values())),
        round(max(sure), 4),
        round(min(sure), 4),
        max((p.quality for p in parsed if p is not None), default=0.0),
        float(len(reading.problems)),
        round(math.log1p(len(reading.value or "")), 4),
        beside.elsewhere,
        beside.all_even if reading.even is None else reading.even,
        beside.all_even,
    )


def calibrated(
    specs: Sequence[FieldSpec], readings: Sequence[FieldReading], language: str, calibration: Calibration
) -> tuple[FieldReading, ...]:
    """The fields of a document with confidences that can be believed, sure only where their budgets allow it."""
    return tuple(
        _calibrated(spec, one, language, beside, calibration)
        for spec, one, beside in zip(specs, readings, around(readings), strict=True)
    )


def _calibrated(
    spec: FieldSpec, reading: FieldReading, language: str, beside: Around, calibration: Calibration
) -> FieldReading:
    if reading.state == "illegible":
        return replace(reading, sure=False)
    held = any(note.code in NEVER_SURE for note in reading.problems)
    group, evidence = group_of(spec, reading, beside), evidence_of(spec, reading, language, beside)
    calibrator = calibration.of(group)
    reading = reading if held else replace(reading, group=group, evidence=evidence)
    if calibrator is None:
        return replace(reading, sure=False, problems=(*reading.problems, TOO_FEW))
    confidence = calibrator.confidence(evidence)
    threshold = calibrator.passes_from(spec.error_budget)
    sure = threshold is not None and confidence >= threshold and not held
    why = () if sure else (TOO_FEW,) if threshold is None else () if reading.problems else (NOT_UNSEEN,)
    return replace(reading, confidence=confidence, sure=sure, problems=reading.problems + why)


def calibrate(samples: Iterable[Sample]) -> tuple[Calibration, tuple[Told, ...]]:
    """One calibrator for each kind that has samples enough, and pools for those that have not; and what each sample is
    told by a calibrator that has not seen its document."""
    by_group: dict[str, list[Sample]] = defaultdict(list)
    documents: dict[str, set[str]] = defaultdict(set)
    for sample in samples:
        by_group[sample.group].append(sample)
        if (pool := pool_of(sample.group)) is not None:
            by_group[pool].append(sample)
        documents[sample.form].add(sample.document)
    enough = {name: some for name, some in by_group.items() if len(some) >= LEAST_SAMPLES}
    fitted = {name: _fitted(some) for name, some in sorted(enough.items())}
    told = [
        Told(sample.group, confidence, sample.right)
        for name, some in enough.items()
        for sample, confidence in zip(some, fitted[name][1].tolist(), strict=True)
        if name not in POOLS or sample.group not in enough
    ]
    forms = {form: len(named) for form, named in sorted(documents.items())}
    return Calibration({name: calibrator for name, (calibrator, _) in fitted.items()}, forms), tuple(told)


def _fitted(samples: Sequence[Sample]) -> tuple[Calibrator, Vector]:
    """The better of two ways by cross-validation, fitted on everything; and the confidences of the held out samples."""
    evidence = np.array([sample.evidence for sample in samples])
    right = np.array([sample.right for sample in samples], np.float64)
    folds = _folds(samples)
    tried = {method: _held_out(evidence, right, folds, method) for method in _METHODS}
    best = min(tried, key=lambda method: _log_loss(tried[method], right))
    margin = 1.0 / (len(samples) + 2)
    told: Vector = np.round(np.clip(tried[best], margin, 1.0 - margin), 4).astype(np.float64)
    error = calibration_error(told, right)
    model = _METHODS[best](evidence, right)
    return Calibrator(len(samples), int(right.sum()), error, model, _passing(told, right)), told


def _folds(samples: Sequence[Sample]) -> NDArray[np.int64]:
    """Fields of one document are never on both sides."""
    documents = sorted({sample.document for sample in samples})
    order = np.random.default_rng(0).permutation(len(documents))
    of_document = {name: int(place) % FOLDS for name, place in zip(documents, order, strict=True)}
    return np.array([of_document[sample.document] for sample in samples])


def _held_out(evidence: Vector, right: Vector, folds: NDArray[np.int64], method: Method) -> Vector:
    """For each sample what a calibrator says that has not seen its document."""
    told = np.full(len(right), right.mean())
    for fold in range(FOLDS):
        out = folds == fold
        if out.any() and not out.all():
            model = _METHODS[method](evidence[~out], right[~out])
            told[out] = [model(row) for row in evidence[out]]
    return told


def _fit_steps(evidence: Vector, right: Vector) -> Steps:
    scores, where = np.unique(evidence[:, 0], return_inverse=True)
    weight = np.bincount(where).astype(np.float64)
    blocks: list[list[float]] = []  # first score, how many are right, how many
    for score, total, count in zip(scores, np.bincount(where, weights=right), weight, strict=True):
        blocks.append([float(score), float(total), float(count)])
        while len(blocks) > 1 and _falls(blocks[-2], blocks[-1]):
            last = blocks.pop()
            blocks[-1][1] += last[1]
            blocks[-1][2] += last[2]
    return Steps(
        tuple(round(b[0], 4) for b in blocks),
        tuple(round((total + 0.5) / (count + 1.0), 5) for _, total, count in blocks),
    )


def _falls(before: Sequence[float], after: Sequence[float]) -> bool:
    return after[1] / after[2] <= before[1] / before[2] or min(before[2], after[2]) < LEAST_PER_STEP


def _fit_logistic(evidence: Vector, right: Vector) -> Logistic:
    """By Newton's method, with a penalty on standardised weights; targets as Platt has them, never quite 0 or 1.

    A step that would lead uphill is halved until it does not: with hardly any wrong ones a whole one runs away.
    """
    middle, wide = evidence.mean(axis=0), evidence.std(axis=0)
    wide[wide < 1e-9] = np.inf  # what never changes tells nothing
    design = np.hstack([np.ones((len(right), 1)), (evidence - middle) / wide])
    positive, negative = right.sum(), len(right) - right.sum()
    target = np.where(right > 0, (positive + 1) / (positive + 2), 1 / (negative + 2))
    penalty = np.array([0.0] + [RIDGE] * evidence.shape[1])

    def loss(weights: Vector) -> float:
        odds = design @ weights
        return float((np.logaddexp(0.0, odds) - target * odds).sum() + (penalty * weights**2).sum() / 2)

    weights = np.zeros(design.shape[1])
    weights[0] = math.log((positive + 1) / (negative + 1))
    now = loss(weights)
    for _ in range(100):
        told = 1.0 / (1.0 + np.exp(-np.clip(design @ weights, -30, 30)))
        slope = design.T @ (told - target) + penalty * weights
        curve = (design * (told * (1 - told))[:, None]).T @ design + np.diag(penalty + 1e-9)
        step = np.linalg.solve(curve, slope)
        while (after := loss(weights - step)) > now and float(np.abs(step).max()) >= SMALLEST_STEP:
            step /= 2
        weights, now = weights - step, min(now, after)
        if float(np.abs(step).max()) < SMALLEST_STEP:
            break
    plain = weights[1:] / wide
    return Logistic(round(float(weights[0] - plain @ middle), 6), tuple(round(float(w), 6) for w in plain))


_METHODS: Mapping[Method, Callable[[Vector, Vector], Steps | Logistic]] = {
    "steps": _fit_steps,
    "logistic": _fit_logistic,
}


def _log_loss(told: Vector, right: Vector) -> float:
    p = np.clip(told, 1e-4, 1 - 1e-4)
    return float(-(right * np.log(p) + (1 - right) * np.log(1 - p)).mean())


def calibration_error(told: Vector, right: Vector, bins: int = 10) -> float:
    """Expected calibration error: how far confidence and share of right ones are apart, over bins of equal width.

    Source: Naeini et al. 2015.
    """
    at = np.minimum((told * bins).astype(int), bins - 1)
    apart = [abs(float((told - right)[at == k].sum())) for k in range(bins)]
    return round(sum(apart) / max(1, len(told)), 5)


def _passing(told: Vector, right: Vector) -> tuple[Passing, ...]:
    """For each number of wrong ones the lowest confidence, as far as any budget allows it."""
    levels = np.unique(told)[::-1]
    all_of = [Passing(float(c), int((told >= c).sum()), int((right[told >= c] == 0).sum())) for c in levels]
    last = [one for one, after in zip(all_of, [*all_of[1:], None], strict=True) if not after or after.wrong > one.wrong]
    return tuple(one for one in last if one.wrong <= LARGEST_BUDGET * one.count)


@lru_cache(maxsize=4096)
def upper_bound(wrong: int, count: int, level: float = LEVEL) -> float:
    """The share of wrong ones that the data do not rule out. Source: Clopper and Pearson 1934, one-sided."""
    if count == 0 or wrong >= count:
        return 1.0
    low, high = wrong / count, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if at_most(wrong, count, middle) > 1.0 - level:
            low = middle
        else:
            high = middle
    return high


def at_most(wrong: int, count: int, share: float) -> float:
    """Probability that at most `wrong` of `count` are wrong where the share is `share`."""
    if share <= 0.0:
        return 1.0
    if share >= 1.0:
        return 0.0
    k = np.arange(wrong)
    steps = np.log((count - k) / (k + 1)) + (math.log(share) - math.log1p(-share))
    log_terms = count * math.log1p(-share) + np.concatenate([[0.0], np.cumsum(steps)])
    return min(1.0, float(np.exp(log_terms).sum()))


def samples_of(
    document: str, spec: FormSpec, readings: Sequence[FieldReading], right: Mapping[str, bool]
) -> list[Sample]:
    """The fields of a document whose truth is known. Illegible ones ask in any case and are left out."""
    language, samples = spec.language[0], []
    for reading, beside in zip(readings, around(readings), strict=True):
        if reading.name in right and reading.state != "illegible":
            field = spec.fields_by_name[reading.name]
            evidence = evidence_of(field, reading, language, beside)
            samples.append(Sample(document, spec.name, group_of(field, reading, beside), evidence, right[reading.name]))
    return samples


def as_json(calibration: Calibration) -> dict[str, Any]:
    """To be kept in a file."""
    return {
        "features": list(FEATURES),
        "forms": dict(calibration.forms),
        "groups": {
            name: {
                "samples": one.samples,
                "right": one.right,
                "calibration_error": one.error,
                "model": _model_json(one.model),
                "passing": [[p.confidence, p.count, p.wrong] for p in one.passing],
                **({"limits": [list(limit) for limit in one.limits]} if one.limits else {}),
            }
            for name, one in calibration.groups.items()
        },
    }


def _model_json(model: Steps | Logistic) -> dict[str, Any]:
    if isinstance(model, Steps):
        return {"steps": [[s, v] for s, v in zip(model.scores, model.values, strict=True)]}
    return {"logistic": [model.bias, *model.weights]}


def from_json(data: Mapping[str, Any]) -> Calibration:
    """Raises ValueError where it was written for other evidence or is not whole."""
    if tuple(data.get("features", ())) != FEATURES:
        raise ValueError("für andere Merkmale angelegt")
    try:
        groups = {name: _calibrator(one) for name, one in data["groups"].items()}
        return Calibration(groups, {form: int(count) for form, count in data["forms"].items()})
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise ValueError("unvollständig") from error


def _calibrator(data: Mapping[str, Any]) -> Calibrator:
    model = data["model"]
    made: Steps | Logistic
    if "steps" in model:
        made = Steps(tuple(float(s) for s, _ in model["steps"]), tuple(float(v) for _, v in model["steps"]))
    else:
        bias, *weights = (float(w) for w in model["logistic"])
        made = Logistic(bias, tuple(weights))
    passing = tuple(Passing(float(c), int(n), int(w)) for c, n, w in data["passing"])
    limits = tuple((float(b), None if at is None else float(at)) for b, at in data.get("limits", ()))
    error = float(data["calibration_error"])
    return Calibrator(int(data["samples"]), int(data["right"]), error, made, passing, limits)


def load_calibration(*paths: Path) -> Calibration | None:
    """The first of the files that is there; None where none is.

    Raises:
        FormProblem: F024 when it is not a calibration of this version.
    """
    for path in paths:
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            continue
        except OSError as error:
            raise FormProblem("F024", f"{path.name}: nicht lesbar. Bitte die Rechte der Datei prüfen.") from error
        try:
            return from_json(json.loads(text))
        except (ValueError, RecursionError) as error:
            told = "kein gültiges JSON" if isinstance(error, json.JSONDecodeError) else str(error)
            raise FormProblem("F024", f"{path.name}: {told}. Bitte „laufzettel calibrate“ ausführen.") from error
    return None
