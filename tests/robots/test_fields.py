"""Field mapping and comparison: pure, without a robot."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
import yaml

from robots.keywords.compare import differing
from robots.keywords.fields import FieldRule, from_target, load_rules, to_target, unknown
from robots.keywords.problems import Rejected, Unavailable, understood
from robots.keywords.veil import Veil
from tests.robots.harness import ROOT, case

RULES = {
    "reference": FieldRule("ref"),
    "born": FieldRule("geb", "date_de"),
    "iban": FieldRule("iban", "compact"),
    "first_dog": FieldRule("erst", "tick"),
    "dogs": FieldRule("anz", choices={"1": "1", "3+": "3"}),
}
OURS = {"reference": "2026-000001", "born": "1970-02-01", "iban": "DE12", "first_dog": "ja", "dogs": "3+"}
THEIRS = {"ref": "2026-000001", "geb": "01.02.1970", "iban": "DE12", "erst": "J", "anz": "3"}


def test_values_get_the_spelling_of_the_target_and_back() -> None:
    assert to_target(OURS, RULES) == THEIRS
    assert from_target(THEIRS, RULES) == OURS


def test_an_empty_field_is_empty_in_the_target_and_a_missing_tick_is_no() -> None:
    nothing = dict.fromkeys(OURS)
    assert to_target(nothing, RULES) == {"ref": "", "geb": "", "iban": "", "erst": "N", "anz": ""}
    assert from_target(to_target(nothing, RULES), RULES) == nothing | {"first_dog": "nein"}
    assert differing(nothing, from_target(to_target(nothing, RULES), RULES), RULES) == []


@pytest.mark.parametrize(
    ("name", "value"), [("born", "1970"), ("born", "01.02.1970"), ("first_dog", "?"), ("dogs", "2")]
)
def test_a_value_without_a_spelling_is_refused_and_not_quoted(name: str, value: str) -> None:
    with pytest.raises(Rejected) as raised:
        to_target(OURS | {name: value}, RULES)
    failure = understood(str(raised.value))
    assert (failure.kind, failure.code) == ("BUSINESS", "Z011")
    assert name in failure.message
    assert value not in failure.message.replace("1970", "1970" if value != "1970" else "")


def test_fields_without_a_place_are_named() -> None:
    assert unknown(OURS | {"signature": "ja"}, RULES) == ["signature"]


@pytest.mark.parametrize(
    ("name", "seen", "same"),
    [
        ("iban", "DE 12", True),
        ("iban", "DE13", False),
        ("reference", " 2026-000001\n", True),
        ("reference", "2026-00 0001", False),
        ("born", "1970-02-02", False),
        ("first_dog", "nein", False),
        ("first_dog", None, False),
        ("dogs", None, False),
    ],
)
def test_only_meaningless_differences_are_overlooked(name: str, seen: str | None, same: bool) -> None:
    assert differing(OURS, OURS | {name: seen}, RULES) == ([] if same else [name])


def test_a_field_that_the_target_does_not_show_counts_as_different() -> None:
    seen = {name: value for name, value in OURS.items() if name != "dogs"}
    assert differing(OURS, seen, RULES) == ["dogs"]


def test_composed_and_decomposed_umlauts_are_equal_but_case_is_not() -> None:
    rules = {"town": FieldRule("ort")}
    assert differing({"town": "Köln"}, {"town": "Ko\u0308ln"}, rules) == []
    assert differing({"town": "Köln"}, {"town": "KÖLN"}, rules) == ["town"]


def test_the_demo_target_has_a_place_for_every_field_but_the_signature() -> None:
    rules = load_rules(ROOT / "config" / "targets" / "demo.toml")
    assert unknown(case()["fields"], rules) == ["signature", "signed_on"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[fields]\nborn = 3",
        '[fields]\nborn = { to = "x", write = "y" }',
        '[fields]\nborn = { write = "date_de" }',
        "[fields",
    ],
)
def test_a_target_file_without_usable_fields_is_a_problem(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.toml"
    path.write_text(text)
    with pytest.raises(Unavailable, match=r"x\.toml"):
        load_rules(path)


def test_an_error_that_nobody_planned_is_an_application_problem_without_its_text() -> None:
    failure = understood("Element with locator 'id:x' not found. <input value='Müller'>")
    assert (failure.kind, failure.code) == ("APPLICATION", "Z004")
    assert "Müller" not in failure.message


def test_the_veil_covers_values_however_they_are_written() -> None:
    veil = Veil()
    veil.cover(["geheim!"])
    veil.cover_case(["Müller-Lüdenscheidt", "J", None])
    assert veil.covered('{"a": "M\\u00fcller-L\\u00fcdenscheidt"} geheim! J') == '{"a": "•••"} ••• J'
    veil.cover_case(["Kunze"])
    assert veil.covered("Müller-Lüdenscheidt geheim!") == "Müller-Lüdenscheidt •••"


def test_the_robots_lock_holds_the_versions_of_conda_yaml() -> None:
    conda = yaml.safe_load((ROOT / "conda.yaml").read_text())
    wanted = next(part["pip"] for part in conda["dependencies"] if isinstance(part, dict))
    locked = (ROOT / "locks" / "robots.txt").read_text()
    assert wanted
    for requirement in wanted:
        assert f"\n{requirement} " in f"\n{locked}"


def test_every_target_has_a_robot_and_a_task() -> None:
    tasks = yaml.safe_load((ROOT / "robot.yaml").read_text())["tasks"]
    for path in (ROOT / "config" / "targets").glob("*.toml"):
        robot = tomllib.loads(path.read_text())["robot"]
        assert (ROOT / "robots" / f"{robot}.robot").is_file()
        assert tasks[robot]["shell"].endswith(f"robots/{robot}.robot")
