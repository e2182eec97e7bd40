"""Which form is it? Unknown is an answer, not an error."""

from ocr.find_form import find_form
from ocr.page import Box, Word
from ocr.phrases import find_phrase, lines_of
from ocr.spec import FormSpec

DOG = FormSpec(
    name="dog",
    title="Hund",
    marks={"1": ("Anmeldung zur Hundesteuer", "Angaben zum Hund"), "2": ("SEPA-Lastschriftmandat",)},
)
CAT = FormSpec(name="cat", title="Katze", marks={"1": ("Anmeldung zur Katzensteuer", "Angaben zur Katze")})
SPECS = {spec.name: spec for spec in (DOG, CAT)}


def words(text, y=100, x=100):
    placed = []
    for part in text.split():
        placed.append(Word(part, Box(x, y, x + 12 * len(part), y + 20), 0.9))
        x += 12 * len(part) + 8
    return tuple(placed)


def test_it_finds_the_form_although_letters_are_misread():
    page = words("Anme1dung zur Hundcsteuer") + words("Angaben zum Hunb", y=200)
    assert find_form([page], SPECS)[0] == "dog"


def test_it_finds_the_form_by_any_of_its_pages():
    foreign = words("Ein ganz anderes Anschreiben an die Stadt Musterlingen")
    assert find_form([foreign, words("Das SEPA-Lastschriftmandat gilt")], SPECS)[0] == "dog"


def test_an_unknown_form_is_none_with_the_nearest_guesses():
    page = words("Antrag auf Wohngeld und Angaben zum Haushalt")
    found, guesses = find_form([page], SPECS)
    assert found is None
    assert all(0 <= guess.score < 0.6 for guess in guesses)


def test_two_forms_that_fit_alike_are_left_to_a_person():
    page = words("Anmeldung zur Hundesteuer Angaben zum Hund Anmeldung zur Katzensteuer Angaben zur Katze")
    found, guesses = find_form([page], SPECS)
    assert found is None
    assert {guess.form for guess in guesses} == {"dog", "cat"}


def test_a_blank_document_has_no_form():
    assert find_form([()], SPECS) == (None, ())


def test_a_phrase_of_another_form_counts_against_it():
    not_a_cat = DOG.model_copy(update={"not_marks": ("Angaben zur Katze",)})
    page = words("Anmeldung zur Hundesteuer Angaben zum Hund Angaben zur Katze")
    assert find_form([page], {"dog": not_a_cat})[0] is None


def test_a_phrase_is_found_among_other_words_of_its_line():
    line = lines_of(words("1. Name of registrant 2. Registration No. 4711"))
    hit = find_phrase(line, "2. Registration No.")[0]
    assert [word.text for word in hit.words] == ["2.", "Registration", "No."]


def test_the_beginning_of_another_phrase_is_not_the_phrase():
    assert find_phrase(lines_of(words("CRM/ISS/ Registration Unit")), "Registration No.") == []


def test_a_misread_short_word_at_its_end_does_not_hide_a_long_phrase():
    asked = "Eigenhändig unterschrieben am"
    (hit,) = find_phrase(lines_of(words("Eigenhändig unterschrieben aw 12.3.")), asked)
    assert [word.text for word in hit.words] == ["Eigenhändig", "unterschrieben", "aw"]
    assert find_phrase(lines_of(words("Eigenhändig unterschrieben Ort")), asked) == []
    assert find_phrase(lines_of(words("Registration Ne")), "Registration No.") == []


def test_columns_on_one_height_are_one_line():
    page = words("Name", x=50) + words("Datum", x=900, y=104) + words("Ort", y=160)
    assert [[w.text for w in line.words] for line in lines_of(page)] == [["Name", "Datum"], ["Ort"]]
