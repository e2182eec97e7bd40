"""`laufzettel forms check`: what is wrong, in which file, and what is known instead."""

import json
import shutil
from pathlib import Path

import pytest

from config import cli
from config.descriptions import Folders, check

ROOT = Path(__file__).parents[2]
FIELD = '[[field]]\nname = "plz"\ntitle = "PLZ"\nkind = "plz"\nbox_mm = [10, 10, 40, 20]\nrules = ["plz"]\n'
FORM = 'name = "kita"\ntitle = "Kita"\n'


@pytest.fixture
def folders(tmp_path):
    for name in ("forms", "processes", "targets", "scanners", "robots"):
        (tmp_path / name).mkdir()
    (tmp_path / "scanners" / "generic.toml").write_text('name = "generic"\ntitle = "Alle"\n')
    (tmp_path / "robots" / "demo.robot").write_text("*** Tasks ***\n")
    (tmp_path / "targets" / "demo.toml").write_text(
        'name = "demo"\ntitle = "Ziel"\nrobot = "demo"\nqueue = "enter.demo"\n', encoding="utf-8"
    )
    (tmp_path / "forms" / "kita.toml").write_text(FORM + FIELD, encoding="utf-8")
    (tmp_path / "processes" / "kita.toml").write_text(
        'name = "kita"\ntitle = "Kita"\nforms = ["kita"]\ntarget = "demo"\n', encoding="utf-8"
    )
    return Folders(*(tmp_path / name for name in ("forms", "processes", "targets", "scanners", "robots")))


def change(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def codes(folders):
    return [finding.code for finding in check(folders).findings]


def test_nothing_is_wrong_with_good_descriptions(folders):
    assert codes(folders) == []


TABLE = (
    '[[table]]\nname = "children"\ntitle = "Kind"\nbox_mm = [20, 50, 190, 60]\nrows = 3\n'
    '[[table.column]]\nname = "name"\ntitle = "Name"\nkind = "name"\nx_mm = [20, 100]\n'
    '[[table.column]]\nname = "born"\ntitle = "Geburtsdatum"\nkind = "date"\nx_mm = [100, 190]\n'
)


@pytest.mark.parametrize(
    ("old", "new", "code", "words"),
    [
        ("rows = 3", "rows = 3\nrow_mm = 9", "forms.E012", "kleiner als die Zeile hoch ist (10 mm)"),
        ("[100, 190]", "[100, 195]", "forms.E012", "liegt nicht in der Zeile (20 bis 190 mm)"),
        ("[100, 190]", "[190, 100]", "forms.E012", "gemeint ist [links, rechts]"),
        ("[100, 190]", "[95, 190]", "forms.E012", "„Geburtsdatum“ überlappen sich"),
        ('name = "born"', 'name = "name"', "forms.E012", "steht 2-mal da"),
        ("rows = 3", "rows = 25", "forms.E004", "children_25_name"),
        ('kind = "date"', 'kind = "datum"', "forms.E003", "Feldart „datum“"),
        ("rows = 3", "rows = 0", "forms.E001", "Tabelle „Kind“ (children): „rows“ muss mindestens 1 sein"),
        ('kind = "date"', 'kind = "choice"', "forms.E010", "children_1_born"),
    ],
)
def test_a_table_that_does_not_work_out_is_told(folders, old, new, code, words):
    path = folders.forms / "kita.toml"
    path.write_text(FORM + FIELD + TABLE, encoding="utf-8")
    assert codes(folders) == []
    change(path, old, new)
    found = check(folders).findings
    assert {finding.code for finding in found} >= {code}
    assert any(words in finding.message for finding in found)
    if code != "forms.E004":
        assert [finding.code for finding in found].count(code) == 1  # not once for each row


def test_one_file_is_checked_wherever_it_lies(tmp_path, capsys):
    path = tmp_path / "neu.toml"
    path.write_text(FORM.replace("kita", "neu") + FIELD, encoding="utf-8")
    assert cli.main(["forms", "check", str(path)]) == 0
    change(path, 'rules = ["plz"]', 'rules = ["ibam"]')
    assert cli.main(["forms", "check", str(path)]) == 3
    assert "neu.toml: (forms.E002)" in capsys.readouterr().err
    assert cli.main(["forms", "check", str(tmp_path / "weg.toml")]) == 3
    assert "weg.toml: (forms.E001) nicht lesbar" in capsys.readouterr().err
    assert cli.main(["forms", "check", str(path), "--json"]) == 3
    assert json.loads(capsys.readouterr().out)["problems"][0]["code"] == "forms.E002"


def test_only_a_table_makes_rows(folders):
    change(folders.forms / "kita.toml", 'kind = "plz"', 'kind = "plz"\ntable = "kinder"\nrow = 1')
    (finding,) = check(folders).findings
    assert (finding.code, "[[table]]" in finding.message) == ("forms.E001", True)


def test_an_unknown_rule_is_named_with_the_known_ones(folders):
    change(folders.forms / "kita.toml", 'rules = ["plz"]', 'rules = ["ibam"]')
    (finding,) = check(folders).findings
    assert str(finding).startswith("kita.toml: (forms.E002) Regel „ibam“ gibt es nicht; bekannt sind: ")
    assert "iban" in finding.message


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('kind = "plz"', 'kind = "postcode"', "forms.E003"),
        ('kind = "plz"', 'kind = "choice"', "forms.E010"),
        ("[10, 10, 40, 20]", "[10, 10, 240, 20]", "forms.E004"),
        ("[10, 10, 40, 20]", "[40, 10, 10, 20]", "forms.E004"),
        ("box_mm = [10, 10, 40, 20]\n", "", "forms.E004"),
        ('kind = "plz"', 'kind = "plz"\npage = 2', "forms.E004"),
        ('kind = "plz"', 'kind = "plz"\npattern = "(\\\\d+"', "forms.E011"),
        ("title", "titel", "forms.E001"),
        ("[[field]]", "[[field", "forms.E001"),
        ('name = "kita"', 'name = "krippe"', "forms.E001"),
        ('title = "Kita"', 'title = "Kita"\nlanguage = []', "forms.E001"),
        ('kind = "plz"', 'kind = "plz"\nlines = 0', "forms.E001"),
        ('kind = "plz"', 'kind = "plz"\ncells = -1', "forms.E001"),
    ],
)
def test_what_is_wrong_in_a_form_gets_its_code(folders, old, new, code):
    change(folders.forms / "kita.toml", old, new)
    assert codes(folders) == [code]


def test_the_same_field_twice_is_wrong(folders):
    path = folders.forms / "kita.toml"
    path.write_text(path.read_text(encoding="utf-8") + FIELD, encoding="utf-8")
    assert codes(folders) == ["forms.E005"]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('forms = ["kita"]', 'forms = ["schule"]', "forms.E006"),
        ('target = "demo"', 'target = "sap"', "forms.E007"),
        ('target = "demo"', 'target = "demo"\nscanner = "kodak"', "forms.E008"),
    ],
)
def test_a_process_may_name_only_what_is_there(folders, old, new, code):
    change(folders.processes / "kita.toml", old, new)
    assert codes(folders) == [code]


def test_a_target_without_its_robot_is_wrong(folders):
    (folders.robots / "demo.robot").unlink()
    assert codes(folders) == ["forms.E009"]


def test_all_wrong_files_are_reported_at_once(folders):
    shutil.copy(folders.forms / "kita.toml", folders.forms / "krippe.toml")
    change(folders.processes / "kita.toml", '"demo"', '"sap"')
    assert codes(folders) == ["forms.E001", "forms.E007"]


def test_the_command_refuses_with_exit_code_3(folders, settings, capsys):
    settings.FORMS, settings.PROCESSES = folders.forms, folders.processes
    settings.TARGETS, settings.SCANNERS = folders.targets, folders.scanners
    assert cli.main(["forms", "check"]) == 0
    change(folders.forms / "kita.toml", 'rules = ["plz"]', 'rules = ["ibam"]')
    capsys.readouterr()
    assert cli.main(["forms", "check", "--json"]) == 3
    out, err = capsys.readouterr()
    assert [problem["code"] for problem in json.loads(out)["problems"]] == ["forms.E002"]
    assert err.startswith("kita.toml: (forms.E002)")


def test_a_field_without_a_place_names_the_way_out(folders):
    change(folders.forms / "kita.toml", "box_mm = [10, 10, 40, 20]\n", "")
    (finding,) = check(folders).findings
    assert "labels" in finding.message


def test_a_description_that_cannot_be_opened_is_a_finding(folders):
    (folders.forms / "ordner.toml").mkdir()
    (folders.scanners / "ordner.toml").mkdir()
    assert codes(folders) == ["forms.E001", "forms.E001"]
