"""Names, titles and kinds for the fields of a draft: guesses from what the file and the print say."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import reduce

LONGEST_NAME, LONGEST_TITLE = 40, 80
DATE_CELLS = (6, 8)
KINDS = (
    (r"^datum (der|des)\b|^date of\b|^(geburts|sterbe)datum", "date"),
    (r"\biban\b|bank account number", "iban"),
    (r"\bbic\b|\bswift\b", "bic"),
    (r"steuer-?id|identifikationsnummer|\bidnr\b|\btax id", "tax_id"),
    (r"steuer-?(nummer|nr)|\btax (number|no)\b", "tax_number"),
    (r"(barcode|strichcode)", "barcode"),
    (r"\be-?mail|mailadresse", "email"),
    (r"^(art|grund|form|weitere|sonstige|kind of|type of|reason)\b", "text"),
    (r"(plz|postleitzahl|postcode|post code|zip( code)?).*\b(wohn)?(ort|stadt|town|city)\b", "plz_town"),
    (r"^(stra(ß|ss)e|street)\b", "street"),
    (r"anschrift|(?<!e-mail)(?<!mail)adresse\b|\baddress\b", "address"),
    (r"telefon|\btel\b|\bmobil(e|funk|nummer|telefon)?\b|\bhandy|\b(tele)?fax\b|rufnummer|erreichbar|"
     r"\b(tele)?phone\b", "phone"),
    (r"\bplz\b|postleitzahl|\bpost ?code\b|\bzip code\b", "plz"),
    (r"stra(ß|ss)e\b", "street"),
    (r"\bunterschrift(en)?\b|\bsignature\b", "signature"),
    (r"datum|\b(geboren|eingezogen|ausgezogen|verstorben|ausgestellt|unterschrieben) am\b|\btag der\b|\btt ?\.? ?mm\b"
     r"|\bdate\b|\b(gültig|valid) (ab|bis|seit|from|until)\b|\b(am|seit|vom|bis)$|\bbirthday\b", "date"),
    (r"^anzahl|^zahl\b|zahl der|größe|fläche|\bm²|quadratmeter|^menge\b|^stückzahl|gewicht\b|\bwie viele\b|"
     r"\bnumber of\b|\bhow many\b", "quantity"),
    (r"\bin (eur|euros?)\b|€|\bbetrag\b|[a-zäöüß]betrag\b|miete\b|kosten\b|kontostand|wert\b|restschuld|tilgung|"
     r"\bzahle\b|belastung|einkommen|einkünfte|gehalt\b|lohn\b|kaution|preis\b|vermögen|gebühr(en)?\b|beitrag\b|summe\b|"
     r"\bamount\b|\bincome\b|\bsalary\b|\brent\b|\bfee\b|\bprice\b", "money"),
    (r"(chip|transponder)-?(nummer|nr)|microchip", "digits"),
    (r"(kunden|mitglieds|register|registrierungs|personal|vorgangs)-?(nummer|nr)|kassenzeichen|"
     r"registration (no|number)", "number"),
    (r"(firma|firmen|behörde|bank|schule|kita|einrichtung|arbeitgebers?|employer|company|vereins?|institut|gebäude|"
     r"straße)\b.*\bname|\bname (der|des|von|of)( the)? (firma|behörde|bank|schule|kita|einrichtung|arbeitgeber|"
     r"employer|company|verein|institut)", "text"),
    (r"\bname\b|\bnamen\b|vorname|(familien|nach|geburts|ruf|zu)name|kontoinhaber|\bsurname|\bforename|account holder",
     "name"),
)  # fmt: skip
"""Words of a title -> the kind that such a field mostly is. The first that fits counts."""
SMALL_WORDS = frozenset({
    "aus", "auf", "bei", "bitte", "bzw", "das", "dem", "den", "der", "des", "die", "durch", "ein", "eine",
    "einer", "fuer", "ihr", "ihre", "im", "in", "mit", "oder", "sie", "ueber", "und", "von", "zu",
})  # fmt: skip
"""Left out of a name that is too long."""
SPELLED = (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss"))
_GENERIC = re.compile(r"(?i)^(text(feld)?|feld|field|kontrollk\w*|check ?box|optionsfeld|undefined)(?=[\W\d_]|$)")


def kind_of(title: str) -> str:
    """The kind that a title speaks of; `text` where it speaks of none."""
    return next((kind for pattern, kind in KINDS if re.search(pattern, title.lower())), "text")


def kind_of_comb(title: str, cells: int) -> str:
    """The same for a comb: so many cells as a date has, beside a word of time, are one; a number has digits."""
    kind, words = kind_of(title), title.lower()
    if kind != "text":
        return kind
    if cells in DATE_CELLS and re.search(r"\b(seit|ab|bis|am|vom|zum|tag|tt|day|since|from|until)\b", words):
        return "date"
    return "digits" if re.search(r"nummer\b|\bnr\b|ziffern|kennzahl|\bnumber\b|\bno\b", words) else "text"


def says_something(name: str) -> bool:
    """Is it a name that a person gave? Not "B1", "Text12" or "Feld 3"."""
    return len(re.sub(r"[\d\W_]", "", _GENERIC.sub("", name.strip()))) > 3


def shortened(text: str, *, keep_end: bool = False) -> str:
    """At most so many letters, on one line; `keep_end` where the difference is at the end."""
    text = " ".join("".join(c for c in text if c.isspace() or unicodedata.category(c)[0] != "C").split())
    if len(text) <= LONGEST_TITLE:
        return text
    half = LONGEST_TITLE // 2 - 2
    if keep_end:
        return f"{text[:half].rsplit(' ', 1)[0]} … {text[-half:].split(' ', 1)[-1]}"
    return f"{text[: LONGEST_TITLE - 2].rsplit(' ', 1)[0]} …"


def slug(text: str, common: Mapping[str, int] | None = None) -> str:
    """A name for programs: small letters, digits and underscores, first a letter.

    A long one is left without its small words, then without its most `common` ones (how often each is in all names).
    """
    words = words_of(text)
    if len("_".join(words)) > LONGEST_NAME:
        words = [word for word in words if word not in SMALL_WORDS and (len(word) > 1 or word.isdigit())]
    while len(words) > 1 and len("_".join(words)) > LONGEST_NAME:
        middle = len(words) / 2
        words.remove(max(words, key=lambda word: ((common or {}).get(word, 0), -abs(words.index(word) - middle))))
    return re.sub(r"^[^a-z]+", "", "_".join(words))[:LONGEST_NAME] or "feld"


def words_of(text: str) -> list[str]:
    """The words of a text in plain small letters, from the first letter on."""
    spelled = reduce(lambda told, pair: told.replace(*pair), SPELLED, text.lower())
    plain = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()
    return re.findall(r"[a-z0-9]+", re.sub(r"^[^a-z]+", "", plain))
