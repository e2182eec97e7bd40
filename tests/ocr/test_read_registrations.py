"""A few real registration forms from the shared data, one of each template and more than one revision."""

import json
import os
from pathlib import Path

import pytest

import ocr
from config.forms import known_forms
from ocr.evaluate import Answer, Answers, evaluate, truth_of

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("LAUFZETTEL_SHARED_DATA", ROOT.parent / "shared" / "data")) / "vrdu"
CHOSEN = ("AH10", "AR02", "DR01", "DH03", "SH03", "SR08")

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"shared data is absent ({DATA})")


def test_real_forms_are_found_and_their_fields_read():
    rows = [json.loads(line) for line in (DATA / "truth.jsonl").read_text(encoding="utf-8").splitlines()]
    specs, pairs = known_forms(), []
    for row in rows:
        if row["id"] in CHOSEN:
            reading = ocr.read(DATA / "tiff" / row["tiff"], specs)
            assert reading.form == row["template"].casefold().replace(" ", "_").replace("-", "_")
            fields = {f.name: Answer(f.value, f.raw, f.sure) for f in reading.fields}
            pairs.append((truth_of(row), Answers(fields, reading.decision == "ready")))
    report = evaluate(pairs)
    assert report.documents == len(CHOSEN)
    assert report.lenient.groups["all"].f1 >= 0.85
    assert report.lenient.groups["all"].invented == 0
