from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from cases import rules

ROOT = Path(__file__).parents[2]
GOOD = {
    "iban": ["DE02120300000000202051", "DE89370400440532013000", "AT611904300234573201"],
    "plz": ["01067", "10115", "44135", "99998"],
    "date": ["2024-02-29", "1900-01-01"],
    "past_date": ["2024-02-29", "1955-12-31"],
    "chip_number": ["276098106234567", "968000001234567"],
    "email": ["a.b+c@example.org", "hund@müller.de", "x_1@sub.example.co.uk"],
    "phone": ["0231 50-0", "+49 231 500", "(0231) 123456", "0171/1234567"],
    "bic": ["SOLADES1SIG", "COBADEFFXXX", "DEUTDEDB"],
    "tax_id": ["36574261809", "86095742719"],
    "money": ["1234.56", "-12.50", "0.00"],
    "name": ["Öztürk", "von der Heydt-Gößling", "O'Neill", "Dr. Anna-Lena", "Đặng"],
}
BAD = {
    "iban": ["DE02120300000000202052", "DE0212030000000020205", "XX021203", "Hundesteuer", "DE58999999990000000001"],
    "plz": ["4413", "441355", "00100", "05123", "43001", "62001", "99999", "1234５", "O4135"],
    "date": ["2023-02-29", "29.02.2024", "2024-13-01", "1899-12-31", "2101-01-01", "2024-2-9"],
    "past_date": ["2999-01-01", "gestern"],
    "chip_number": ["27609810623456", "2760981062345678", "999098106234567", "27609810623456A", "000098106234567"],
    "email": ["a.b.example.org", "a@b", "a b@example.org", "a@example..org", "@example.org", "a@-x.de"],
    "phone": ["231 500", "0231 5000 ext", "0123", "+491234567890123456"],
    "bic": ["SOLADES1SI", "SOLAZZ1SIG", "soladés1sig", "DEUT DEDB"],
    "tax_id": ["3657426180", "36574261890", "36554266806", "06574261809", "3657426180A"],
    "money": ["1.234,56", "12,50", "12.5", "zwölf", "77"],
    "name": ["Müller 2", "@anna", "-", "Anna_Lena"],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in GOOD.items() for value in values])
def test_it_accepts(name: str, value: str) -> None:
    assert rules.rule(name).check(value, {}) is None


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in BAD.items() for value in values])
def test_it_rejects_without_repeating_the_value(name: str, value: str) -> None:
    sentence = rules.rule(name).check(value, {})
    assert sentence and sentence.endswith(".")
    assert value not in sentence or value == "-"


def test_the_folder_is_the_registry() -> None:
    files = {path.stem for path in (ROOT / "cases" / "rules").glob("*.py")} - {"__init__"}
    assert set(rules.names()) == files == set(GOOD)
    assert all(name == rules.rule(name).NAME for name in rules.names())
    codes = [rules.rule(name).CODE for name in rules.names()]
    assert len(set(codes)) == len(codes)


def test_only_names_in_the_folder_are_imported() -> None:
    for name in ("os", "../iban", "iban.x", ""):
        with pytest.raises(KeyError):
            rules.rule(name)


def test_rules_are_pure() -> None:
    for path in (ROOT / "cases" / "rules").glob("*.py"):
        imported = re.findall(r"^(?:from|import) (\w+)", path.read_text(), re.M)
        assert not {"django", "celery", "redis", "os", "socket"} & set(imported)
        ast.parse(path.read_text())
