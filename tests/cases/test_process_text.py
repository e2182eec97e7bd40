"""A process written as text is read as the same again."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.process_text import as_toml
from cases.processes import ProcessSpec, ReasonSpec, SecondReview, load, parse

SHIPPED = sorted((Path(__file__).parents[2] / "config" / "processes").glob("*.toml"))
names = st.from_regex(r"[a-z][a-z0-9_]{0,7}", fullmatch=True)
texts = st.text(max_size=12)
letters = st.text(max_size=30).map(lambda text: text.replace("{", "").replace("}", ""))
amounts = st.decimals(min_value=0, max_value=10**9, places=2, allow_nan=False)
processes = st.builds(
    ProcessSpec,
    name=names,
    title=texts,
    forms=st.lists(names, max_size=2).map(tuple),
    target=st.none() | names,
    scanner=names,
    second_review=st.builds(
        SecondReview,
        always=st.booleans(),
        fields=st.lists(names, max_size=2).map(tuple),
        over=st.dictionaries(names, amounts, max_size=2),
        share=st.floats(min_value=0, max_value=1),
        first=st.integers(0, 99),
    ),
    name_fields=st.lists(names, max_size=2).map(tuple),
    reasons=st.lists(
        st.builds(ReasonSpec, key=names, title=texts, text=letters, use=st.sampled_from(["ask", "reject", "both"])),
        max_size=2,
    ).map(tuple),
    deadline_days=st.integers(1, 99),
    erase_after_days=st.none() | st.integers(1, 999),
    fields=st.dictionaries(
        names,
        texts | st.fixed_dictionaries({"to": texts}, optional={"choices": st.dictionaries(texts, texts, max_size=2)}),
        max_size=3,
    ),
)


@settings(max_examples=100, deadline=None)
@given(processes)
def test_whatever_a_process_can_say_is_read_back_exactly(process: ProcessSpec) -> None:
    text = as_toml(process)
    assert parse(text, "x", ProcessSpec) == process
    assert as_toml(parse(text, "x", ProcessSpec)) == text


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_process_is_written_and_read_as_the_same(path: Path) -> None:
    process = load(path, ProcessSpec)
    assert parse(as_toml(process), "x", ProcessSpec) == process


def test_letters_stand_over_several_lines() -> None:
    (path,) = [path for path in SHIPPED if path.stem == "hundesteuer"]
    assert 'text = """\nSehr geehrte Damen und Herren,\n\n' in as_toml(load(path, ProcessSpec))
