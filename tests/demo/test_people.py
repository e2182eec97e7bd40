"""Invented people obey the rules that the software checks."""

from datetime import date

import numpy as np
import pytest
from stdnum import iban as standard

from cases.rules import check_values
from demo.fill import truth
from demo.form import NAME
from demo.people import TODAY, application, iban
from ocr.spec import load_forms
from tests.demo.test_sample_form import TOML


def test_the_same_seed_invents_the_same_person():
    assert application(np.random.default_rng(5)) == application(np.random.default_rng(5))


def test_another_seed_invents_somebody_else():
    assert application(np.random.default_rng(5)) != application(np.random.default_rng(6))


def test_ibans_are_valid_unless_asked_otherwise():
    rng = np.random.default_rng(1)
    assert all(standard.is_valid(iban(rng)) for _ in range(100))
    assert not any(standard.is_valid(iban(rng, valid=False)) for _ in range(100))


@pytest.mark.parametrize("seed", range(40))
def test_no_rule_objects_to_an_invented_application(seed):
    person = application(np.random.default_rng(seed))
    values = {name: (accepted[0] if accepted else None) for name, accepted in truth(person).items()}
    broken = check_values(load_forms(TOML.parent)[NAME], values)
    assert set(broken) <= ({"signature"} if not person.signed else set())


def test_dates_follow_one_another():
    for seed in range(50):
        person = application(np.random.default_rng(seed))
        assert date(1938, 1, 1) <= person.date_of_birth < person.kept_since <= person.signed_on <= TODAY
        assert person.dog_birth_date is None or person.dog_birth_date < person.kept_since
