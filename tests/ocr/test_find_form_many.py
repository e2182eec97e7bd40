"""One form among many: by rare phrases, told from its revisions, in few looks."""

import json

import numpy as np
import pytest

import bench.find_form
from bench.find_form import draw_words
from bench.forms import make_forms, specs_of
from ocr import find_form as search
from ocr.find_form import find_form
from ocr.form_index import index_of
from ocr.page import Box, Word
from ocr.phrases import letters_of
from ocr.spec import AnchorSpec, FormSpec

SEED = 20261125
PX = 200 / 25.4


@pytest.fixture(scope="module")
def drawn():
    every = make_forms(96, np.random.default_rng(SEED))
    forms, strangers = every[:80], [form for form in every[80:] if form.family not in {f.family for f in every[:80]}]
    pages = [draw_words(n, forms, strangers, np.random.default_rng((SEED, n))) for n in range(54)]
    return specs_of(forms), pages


def test_of_many_forms_none_is_taken_for_another(drawn):
    specs, pages = drawn
    found = [(page, *find_form([page.words], specs)) for page in pages]
    assert [p.form.name for p, name, _ in found if name and (name != p.form.name or not p.known or p.form.twin)] == []
    known = [(page, name) for page, name, _ in found if page.known and not page.form.twin]
    assert sum(name is not None for _, name in known) >= 0.93 * len(known)


def test_what_was_not_found_has_the_right_form_among_its_guesses(drawn):
    specs, pages = drawn
    for page in pages:
        name, guesses = find_form([page.words], specs)
        if page.known and name is None and not page.scan.lost:
            assert page.form.name in [guess.form for guess in guesses]


def test_only_few_forms_are_looked_at_closely(drawn, monkeypatch):
    specs, pages = drawn
    looked = []
    of_rapidfuzz = search.fuzz.partial_ratio_alignment
    monkeypatch.setattr(
        search.fuzz, "partial_ratio_alignment", lambda *a, **k: looked.append(a[0]) or of_rapidfuzz(*a, **k)
    )
    find_form([pages[0].words], specs)
    assert 0 < len(looked) < 0.2 * len(index_of(specs).phrases)


def test_the_index_is_made_once_for_a_set_of_forms(drawn):
    specs, _ = drawn
    assert index_of(specs) is index_of(dict(specs))
    fewer = dict(list(specs.items())[:5])
    assert index_of(fewer) is not index_of(specs)
    assert index_of(specs) is index_of(specs)


def test_a_phrase_that_many_forms_have_weighs_less(drawn):
    weights = index_of(drawn[0]).weights
    title = drawn[1][0].form.title
    assert weights[letters_of(title)] > 2 * weights[letters_of("Stadt Musterlingen")]


LINES = {
    "Antrag auf Wohngeld": (20, 20),
    "Angaben zum Haushalt": (20, 80),
    "Angaben zur Wohnung": (20, 120),
    "Angaben zum Einkommen": (20, 160),
    "Beigefügte Unterlagen": (20, 220),
}


def revision(name, stand="", moved=None, leave_out=()):
    lines = {text: at for text, at in {**LINES, **(moved or {})}.items() if text not in leave_out}
    lines |= {stand: (20, 280)} if stand else {}
    anchors = tuple(AnchorSpec(text=t, box_mm=(x, y, x + 1.8 * len(t), y + 3)) for t, (x, y) in lines.items())
    return FormSpec(name=name, title="Wohngeld", marks={"1": tuple(lines)[:3]}, anchor=anchors)


def page_of(spec, misread=None):
    placed = []
    for anchor in spec.anchor:
        text = (misread or {}).get(anchor.text, anchor.text)
        x, y = anchor.box_mm[0], anchor.box_mm[1]
        for part in text.split():
            width = 1.8 * len(part)
            placed.append(
                Word(part, Box(round(x * PX), round(y * PX), round((x + width) * PX), round((y + 3) * PX)), 0.9)
            )
            x += width + 1.8
    return tuple(placed)


OLD, NEW = revision("old", "Stand 01/2024"), revision("new", "Stand 03/2026")
MOVED = revision("moved", "Stand 01/2024", {"Angaben zur Wohnung": (20, 140), "Angaben zum Einkommen": (20, 190)})


@pytest.mark.parametrize("spec", [OLD, NEW, MOVED], ids=lambda spec: spec.name)
def test_revisions_are_told_apart_by_what_is_printed_and_where(spec):
    specs = {one.name: one for one in (OLD, NEW, MOVED)}
    assert find_form([page_of(spec)], specs)[0] == spec.name


def test_a_date_of_print_that_lies_between_two_is_left_to_a_person():
    specs = {one.name: one for one in (OLD, NEW)}
    found, guesses = find_form([page_of(OLD, {"Stand 01/2024": "Stand 03/2024"})], specs)
    assert (found, {guess.form for guess in guesses}) == (None, {"old", "new"})


def test_revisions_that_nothing_tells_apart_are_both_guesses():
    specs = {"old": OLD, "twin": OLD.model_copy(update={"name": "twin"})}
    found, guesses = find_form([page_of(OLD)], specs)
    assert (found, [guess.form for guess in guesses]) == (None, ["old", "twin"])


def test_a_phrase_that_is_missing_is_no_witness():
    """The older print has one phrase less; on a page where that phrase cannot be read it may be either."""
    shorter = revision("shorter", leave_out=("Angaben zur Wohnung",))
    specs = {"longer": revision("longer"), "shorter": shorter}
    assert find_form([page_of(specs["longer"])], specs)[0] == "longer"
    assert find_form([page_of(shorter)], specs)[0] is None


def test_a_form_whose_title_is_cut_off_is_found_by_the_places_of_the_rest():
    lines = {
        f"Zeile {word} des Vordrucks": (20, 130 + 20 * n) for n, word in enumerate(("eins", "zwei", "drei", "vier"))
    }
    anchors = (*revision("a").anchor, *revision("b", moved=lines).anchor[-4:])
    spec = revision("a").model_copy(update={"anchor": anchors})
    low = tuple(word for word in page_of(spec) if word.box.y0 > 90 * PX)
    assert find_form([low], {"a": spec})[0] == "a"
    elsewhere = tuple(
        Word(w.text, Box(w.box.x0, 3 * w.box.y0 % 2000, w.box.x1, 3 * w.box.y0 % 2000 + 20), 0.9) for w in low
    )
    assert find_form([elsewhere], {"a": spec})[0] is None


def test_another_form_with_the_same_words_in_other_places_is_unknown():
    lines = {
        f"Zeile {word} des Vordrucks": (20, 130 + 20 * n) for n, word in enumerate(("eins", "zwei", "drei", "vier"))
    }
    spec = revision("a", moved=lines)
    shuffled = {text: (x, 20 + (y * 7) % 230) for text, (x, y) in {**LINES, **lines}.items()}
    assert find_form([page_of(spec)], {"a": spec})[0] == "a"
    assert find_form([page_of(revision("b", moved=shuffled))], {"a": spec})[0] is None


def test_the_bench_tells_answers_times_and_errors(tmp_path, monkeypatch):
    monkeypatch.setattr(bench.find_form, "use_one_core", lambda: 0)
    out = tmp_path / "out.json"
    assert bench.find_form.main(["--drawn", "--forms", "40", "--pages", "9", "--json", str(out)]) == 0
    told = json.loads(out.read_text(encoding="utf-8"))
    assert {"name", "median_ms", "min_ms", "ratio"} <= set(told["rows"][0])
    assert {"machine", "rounds", "answers", "wrong"} <= set(told)
    assert told["all"].get("wrong", 0) == 0
    assert 0 < told["registration_mm_all"]["p95"] < 1.5
