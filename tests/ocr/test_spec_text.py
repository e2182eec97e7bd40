"""A description written as text is read as the same again, whatever a form can say."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.spec import AnchorSpec, ColumnSpec, FieldSpec, FimSpec, FormSpec, PlaceSpec, TableSpec, load_form, parse_form
from ocr.spec_text import as_toml

ROOT = Path(__file__).parents[2]
SHIPPED = sorted((ROOT / "config" / "forms").glob("*.toml"))

names = st.from_regex(r"[a-z][a-z0-9_]{0,7}", fullmatch=True)
texts = st.text(max_size=12)
some_texts = st.lists(texts, max_size=3).map(tuple)
millimetres = st.floats(allow_nan=False, allow_infinity=False, width=64)
boxes = st.tuples(millimetres, millimetres, millimetres, millimetres)
shares = st.floats(min_value=0, max_value=1, exclude_min=True, exclude_max=True)
places = {
    "labels": some_texts,
    "stop_labels": some_texts,
    "place": st.sampled_from(["right", "below", "above", "left", "inside", "line"]),
    "beside": some_texts,
    "aside": some_texts,
    "reach_mm": st.none() | st.tuples(millimetres, millimetres),
    "half": st.sampled_from(["both", "left", "right"]),
    "pattern": texts,
    "trust": st.floats(min_value=0, max_value=1),
}
fims = st.builds(
    FimSpec,
    id=st.from_regex(r"F[0-9]{8,11}", fullmatch=True),
    version=st.sampled_from(["", "1", "1.0", "2.13.4"]),
    name=texts,
    type=texts,
)
fields = st.builds(
    FieldSpec,
    name=names,
    title=texts,
    kind=texts,
    page=st.integers(1, 99),
    also=st.lists(st.builds(PlaceSpec, **places), max_size=2).map(tuple),
    box_mm=st.none() | boxes,
    options=st.dictionaries(texts, boxes | texts, max_size=3),
    required=st.booleans(),
    rules=some_texts,
    lines=st.integers(1, 9),
    cells=st.integers(0, 40),
    error_budget=shares,
    hint=st.sampled_from(["print", "hand", "both"]),
    double_keying=st.booleans(),
    needed=st.booleans(),
    fim=st.none() | fims,
    **places,
)
columns = st.builds(
    ColumnSpec,
    name=names,
    title=texts,
    x_mm=st.tuples(millimetres, millimetres),
    options=st.dictionaries(texts, boxes, max_size=2),
    required=st.booleans(),
    rules=some_texts,
    cells=st.integers(0, 9),
    error_budget=st.none() | shares,
    double_keying=st.booleans(),
)
tables = st.builds(
    TableSpec,
    name=names,
    title=texts,
    page=st.integers(1, 9),
    box_mm=boxes,
    rows=st.integers(1, 3),
    row_mm=st.none() | st.floats(min_value=0.1, max_value=99),
    column=st.lists(columns, min_size=1, max_size=2).map(tuple),
)
forms = st.builds(
    FormSpec,
    name=names,
    title=texts,
    version=texts,
    language=st.lists(texts, min_size=1, max_size=2).map(tuple),
    pages=st.integers(1, 99),
    size_mm=st.tuples(millimetres, millimetres),
    marks=st.dictionaries(texts, some_texts, max_size=2),
    not_marks=some_texts,
    anchor=st.lists(st.builds(AnchorSpec, text=texts, page=st.integers(1, 9), box_mm=boxes), max_size=2).map(tuple),
    printed=some_texts,
    error_budget=st.none() | shares,
    field=st.lists(fields, max_size=3).map(tuple),
    table=st.lists(tables, max_size=2).map(tuple),
)


@settings(max_examples=150, deadline=None)
@given(forms)
def test_whatever_a_form_can_say_is_read_back_exactly(form: FormSpec) -> None:
    text = as_toml(form)
    assert parse_form(text, "x") == form
    assert as_toml(parse_form(text, "x")) == text


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_form_is_written_and_read_as_the_same(path: Path) -> None:
    form = load_form(path)
    assert parse_form(as_toml(form), "x") == form


def test_a_fim_data_field_stands_with_its_field() -> None:
    text = 'name = "a"\ntitle = "A"\n[[field]]\nname = "b"\ntitle = "B"\nfim = { id = "F60000227", version = "1.2" }\n'
    (field,) = parse_form(text, "x").field
    assert field.fim == FimSpec(id="F60000227", version="1.2")
    assert 'fim = { id = "F60000227", version = "1.2" }' in as_toml(parse_form(text, "x"))
