"""Scanner profiles: the ones that come along, and what is said about a wrong one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from config.cli import main
from config.descriptions import Folders, check
from ocr.errors import FormProblem
from ocr.scanner import GENERIC, load_scanner, read_scanner

SCANNERS = Folders().scanners
OURS = {"generic", "generic_200", "generic_300", "generic_400", "generic_600", "flatbed", "duplex", "fax", "photo"}


def test_all_profiles_can_be_read() -> None:
    seen = check(Folders())
    assert set(seen.scanners) >= OURS
    assert not [finding for finding in seen.findings if finding.file.removesuffix(".toml") in OURS]
    assert seen.scanners["generic"] == GENERIC
    assert seen.scanners["photo"].perspective and seen.scanners["photo"].gray_pdf
    assert [seen.scanners[f"generic_{dpi}"].dpi for dpi in (200, 300, 400, 600)] == [200, 300, 400, 600]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("max_skew_deg = 40", "„max_skew_deg“ darf höchstens 15 sein"),
        ("max_skew_deg = 0", "„max_skew_deg“ muss größer als 0 sein"),
        ("dpi = 3", "„dpi“ muss mindestens 50 sein"),
        ("dpi = nan", "„dpi“ darf höchstens 1200 sein"),
        ('dpi = "viel"', "„dpi“ muss eine Zahl sein"),
        ("skwe = true", "den Schlüssel „skwe“ gibt es nicht; gemeint ist vielleicht „skew“"),
        ("zzz = 1", "den Schlüssel „zzz“ gibt es nicht; bekannt sind: name, title, dpi"),
        ('skew = "vielleicht"', "„skew“ muss true oder false sein"),
        ("page_sizes = []", "„page_sizes“ darf nicht leer sein"),
        ('page_sizes = "A4"', "„page_sizes“ muss eine Liste in eckigen Klammern sein"),
        ('page_sizes = ["A9"]', "„page_sizes“ muss 'A3', 'A4', 'A5', 'letter' oder 'legal' sein"),
        ('dropout = "pink"', "„dropout“ muss 'red', 'green' oder 'blue' sein"),
        ("skew = ja", "kein gültiges TOML (Zeile 3, Spalte 8)"),
        ("dpi = [1,", "kein gültiges TOML"),
    ],
)
def test_a_wrong_value_is_one_german_sentence(line: str, sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text(f'name = "x"\ntitle = "X"\n{line}\n', encoding="utf-8")
    with pytest.raises(FormProblem) as raised:
        read_scanner(path)
    assert raised.value.code == "F021"
    assert raised.value.message.startswith(f"x.toml: {sentence}")
    assert "\n" not in raised.value.message and "Input" not in raised.value.message


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b'title = "X"', "„name“ fehlt"),
        (b'name = "y"\ntitle = "X"', "name ist „y“, die Datei heißt aber „x“"),
        (b'name = "x"\ntitle = ""', "„title“ darf nicht leer sein"),
        (b'name = "../x"\ntitle = "X"', "„name“ darf nur Kleinbuchstaben"),
        (b"name = 3", "„name“ muss Text in Anführungszeichen sein"),
        (b'name = "x"\ntitle = "\xff"', "kein UTF-8"),
    ],
)
def test_a_wrong_file_is_one_german_sentence(text: bytes, sentence: str, tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_bytes(text)
    with pytest.raises(FormProblem) as raised:
        load_scanner("x", tmp_path)
    assert raised.value.message.startswith(f"x.toml: {sentence}")


def test_the_list_tells_what_is_special(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scanner", "list"]) == 0
    lines = {line.split()[0]: line for line in capsys.readouterr().out.splitlines()}
    assert set(lines) >= OURS
    assert "ohne background" in lines["fax"] and "perspective" in lines["photo"]
    assert main(["scanner", "list", "--json"]) == 0
    assert {found["name"] for found in json.loads(capsys.readouterr().out)["scanners"]} >= OURS


def test_the_list_goes_on_after_a_wrong_profile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from config.commands import scanner

    monkeypatch.setattr(scanner, "scanners_folder", lambda: tmp_path)
    (tmp_path / "a.toml").write_text("kaputt")
    (tmp_path / "b.toml").write_text('name = "b"\ntitle = "B"')
    assert main(["scanner", "list"]) == 3
    answer = capsys.readouterr()
    assert answer.err.startswith("F021: a.toml: ")
    assert "b" in answer.out
