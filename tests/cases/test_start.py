from __future__ import annotations

import logging

import pytest

from cases.log import bug
from cases.processes import load_targets
from config.apps import check_descriptions
from ocr.errors import FormProblem
from tests.site import Site


def test_a_sound_office_starts(site: Site) -> None:
    assert [error for error in check_descriptions() if error.obj not in ("register.toml",)] == []


def test_an_unknown_rule_is_named_with_the_known_ones(site: Site) -> None:
    path = site.root / "forms" / "dog.toml"
    path.write_text(path.read_text().replace('"plz"]', '"ibam"]'))
    (said,) = [str(error) for error in check_descriptions() if error.obj == "dog.toml"]
    assert said.startswith("dog.toml: (forms.E002) Regel „ibam“ gibt es nicht; bekannt sind: ")
    assert "iban" in said


def test_a_process_with_an_unknown_target_is_named(site: Site) -> None:
    site.process("dogs", 'target = "nowhere"')
    assert any("nowhere" in str(error) and error.obj == "dogs.toml" for error in check_descriptions())


def test_a_target_that_lingers_longer_than_its_lease_allows_is_refused(site: Site) -> None:
    path = site.root / "targets" / "register.toml"
    path.write_text(path.read_text().replace("linger_s = 0", "linger_s = 31"))
    with pytest.raises(FormProblem, match=r"F011.*linger_s"):
        load_targets(path.parent)


def test_a_bug_is_described_without_its_message() -> None:
    try:
        raise ValueError("Öztürk")
    except ValueError as error:
        said = bug(error)
    assert said["error"] == "ValueError" and "Öztürk" not in str(said) and "test_start.py" in str(said["stack"])


@pytest.mark.parametrize("name", ["celery.app.trace"])
def test_celery_never_quotes_an_exception(name: str) -> None:
    from workers.app import log_to_stderr

    before = logging.getLogger().handlers[:]
    try:
        log_to_stderr()
        assert not logging.getLogger(name).isEnabledFor(logging.ERROR)
    finally:
        logging.getLogger(name).setLevel(logging.NOTSET)
        logging.getLogger().handlers[:] = before
