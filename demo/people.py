"""Invented persons and dogs. Nobody here exists: telephone numbers come from the blocks that the
Bundesnetzagentur keeps for films, mail addresses from RFC 2606, and the accounts are said to be with the
Bundesbank, which keeps none for private persons.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from numpy.random import Generator

T = TypeVar("T")

TODAY = date(2026, 10, 30)
"""The day the sample world lives in: every generated date lies before it, whenever the generator runs."""

FIRST_NAMES = (
    "Anna", "Jürgen", "Björn", "Käthe", "Sören", "Hans-Peter", "Marie-Luise", "Günther", "Zoë", "Jörg", "Bärbel",
    "Ömer", "Ayşe", "Lukas", "Emilia", "Maximilian", "Friederike", "Karl-Heinz", "Änne", "Theo", "Ilse",
    "Wolfgang", "Sabine", "Jan", "Mia", "Ute", "Kai", "Lea-Sophie", "Ruth", "Mehmet", "Paweł", "Irina", "Torsten",
    "Götz", "Silke", "Rüdiger", "Gisela", "Noah", "Frieda", "Hüseyin", "Klaus-Dieter", "Ann-Kathrin", "Uwe",
    "Annegret", "Valentin", "Mathilde", "Jörn", "Anneliese", "Dörte", "Emil", "Brigitte", "Heike", "Oskar",
)  # fmt: skip
LAST_NAMES = (
    "Müller", "Schröder", "Weiß", "Groß", "Köhler", "Yıldız", "Österreicher", "Schmidt-Rottluff", "Kowalski", "Jäger",
    "Böhm", "Lüders", "von der Heide", "Strauß", "Nußbaum", "Özdemir", "Ackermann", "Voß", "Hänsel", "Krämer-Lang",
    "Pfeiffer", "Ilg", "Uhl", "Wójcik", "Zimmermann", "Grünewald", "Birkenstock", "Fuß", "Lindemann", "Hölzl",
    "Freifrau von Stetten", "Meyer-Lüdenscheidt", "Ebert", "Thüringer", "Querfurth", "Bauer", "Dürr", "Jansen",
    "Oelschläger", "Rößler", "Süßmuth", "Vogt", "Hartmann", "Ziegler", "Brückner", "Engelhardt",
)  # fmt: skip
STREETS = (
    "Hauptstraße", "Am Bächle", "Goethestr.", "Straße des 17. Juni", "Große Ulrichstraße", "Mühlenweg", "Königsallee",
    "An der Weißen Brücke", "Dr.-Külz-Ring", "Käthe-Kollwitz-Platz", "Bahnhofstr.", "Im Äußeren Grund", "Lindenallee",
    "Zum Jägersteig", "Karl-Marx-Straße", "Überlinger Straße", "St.-Jürgen-Weg", "Ostpreußendamm", "Kirchgasse",
    "Am Alten Friedhof", "Röntgenstraße", "Schloßstraße", "Gartenweg", "Heinrich-Böll-Ring", "Unter den Eichen",
)  # fmt: skip
TOWNS = (
    ("78462", "Konstanz"), ("80331", "München"), ("50667", "Köln"), ("01067", "Dresden"), ("23552", "Lübeck"),
    ("72070", "Tübingen"), ("06108", "Halle (Saale)"), ("40213", "Düsseldorf"), ("99084", "Erfurt"),
    ("48143", "Münster"),
    ("90402", "Nürnberg"), ("14467", "Potsdam"), ("18055", "Rostock"), ("97070", "Würzburg"), ("37073", "Göttingen"),
    ("33602", "Bielefeld"), ("38100", "Braunschweig"), ("61348", "Bad Homburg v. d. Höhe"),
    ("15230", "Frankfurt (Oder)"),
    ("88662", "Überlingen"), ("73728", "Esslingen am Neckar"), ("31134", "Hildesheim"), ("02826", "Görlitz"),
    ("24937", "Flensburg"), ("67655", "Kaiserslautern"), ("86150", "Augsburg"), ("26122", "Oldenburg"),
    ("07743", "Jena"), ("35037", "Marburg"), ("89073", "Ulm"), ("45127", "Essen"), ("52062", "Aachen"),
    ("55116", "Mainz"), ("65183", "Wiesbaden"), ("87435", "Kempten (Allgäu)"), ("03046", "Cottbus"),
    ("17489", "Greifswald"), ("79098", "Freiburg im Breisgau"), ("19053", "Schwerin"), ("66111", "Saarbrücken"),
)  # fmt: skip
DOG_NAMES = (
    "Bello", "Lümmel", "Ännchen", "Waldi", "Fräulein Rottenmeier", "Käpt'n", "Luna", "Rex", "Frodo", "Süße", "Ole",
    "Mücke", "Balu", "Hexe", "Strolch", "Lotte", "Bärli", "Amy", "Max", "Emma", "Odin", "Paule", "Trixi", "Cäsar",
)  # fmt: skip
BREEDS = (
    "Deutscher Schäferhund", "Rauhaardackel", "Labrador Retriever", "Mischling (Terrier/Spitz)",
    "Großer Schweizer Sennenhund",
    "Pudel", "Mops", "Österreichischer Pinscher", "Jack Russell Terrier", "Border Collie", "Französische Bulldogge",
    "Golden Retriever", "Kleiner Münsterländer", "Chihuahua", "Beagle", "Zwergschnauzer", "Weimaraner", "Boxer",
    "Entlebucher Sennenhund", "Mischling", "Havaneser", "Berner Sennenhund", "Irish Setter", "Magyar Vizsla",
)  # fmt: skip
DANGEROUS_BREEDS = ("American Staffordshire Terrier", "Bullterrier", "Staffordshire Bullterrier")
# Source: Bundesnetzagentur, "Rufnummern für Medienproduktionen": these blocks are given to nobody.
PHONE_BLOCKS = (
    ("030", "23125", 3), ("069", "90009", 3), ("040", "66969", 3), ("0221", "4710", 3), ("089", "99998", 3),
    ("0171", "39200", 2), ("0176", "040690", 2), ("0172", "99259", 2),
)  # fmt: skip
# Source: Bankleitzahlendatei of the Bundesbank: its own codes.
BANK_CODES = (
    "10000000", "13000000", "15000000", "20000000", "25000000", "26000000", "26500000", "28000000", "30000000",
    "36000000", "37000000", "43000000", "44000000", "45000000", "47000000", "48000000", "50000000", "50400000",
    "54500000", "55000000", "57000000", "59000000", "60000000", "63000000", "64000000", "66000000", "68000000",
    "69400000", "70000000", "72000000", "75000000", "76000000", "79000000", "81000000", "82000000", "86000000",
    "87000000",
)  # fmt: skip
MAIL_DOMAINS = ("example.org", "example.net", "example.com", "post.example", "familie.example")
ASCII = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ë": "e", "ş": "s", "ı": "i", "ł": "l", "ó": "o", "'": "", " ": ""}
)


@dataclass(frozen=True, slots=True)
class Phone:
    """A telephone number: `area` begins with 0, `number` is digits only."""

    area: str
    number: str

    def written(self, style: int) -> str:
        """One of the ways in which people write it."""
        area, number = self.area, self.number
        pairs = " ".join(number[i : i + 2] for i in range(0, len(number), 2))
        return (
            f"{area} {number}",
            f"{area}/{number}",
            f"{area} / {pairs}",
            f"+49 {area[1:]} {number}",
            f"{area}-{number}",
        )[style % 5]

    @property
    def accepted(self) -> tuple[str, ...]:
        return (f"{self.area} {self.number}", f"+49 {self.area[1:]} {self.number}")


@dataclass(frozen=True, slots=True)
class Application:
    """One filled form. None = left empty on the paper. Dates are `datetime.date`."""

    last_name: str
    first_name: str
    date_of_birth: date
    street: str
    plz: str
    town: str
    phone: Phone | None
    email: str | None
    dog_name: str
    breed: str
    dog_birth_date: date | None
    chip_number: str
    kept_since: date
    dogs_in_household: str
    first_dog: bool
    dangerous_dog: bool
    sepa_mandate: bool
    iban: str | None
    signed: bool
    signed_on: date


def choose(rng: Generator, items: Sequence[T]) -> T:
    return items[int(rng.integers(len(items)))]


def digits(rng: Generator, count: int) -> str:
    return "".join(str(d) for d in rng.integers(0, 10, count))


def iban(rng: Generator, *, valid: bool = True) -> str:
    """A German IBAN without blanks; `valid=False` spoils one digit of the account number."""
    account = choose(rng, BANK_CODES) + digits(rng, 10)
    check = 98 - int(account + "131400") % 97
    text = f"DE{check:02d}{account}"
    if valid:
        return text
    place = int(rng.integers(12, 22))
    wrong = (int(text[place]) + int(rng.integers(1, 10))) % 10
    return f"{text[:place]}{wrong}{text[place + 1 :]}"


def day_between(rng: Generator, first: date, last: date) -> date:
    return first + timedelta(days=int(rng.integers((last - first).days + 1)))


def email(rng: Generator, first_name: str, last_name: str) -> str:
    first, last = (name.lower().translate(ASCII) for name in (first_name, last_name))
    local = (f"{first}.{last}", f"{first[0]}.{last}", f"{first}_{last}", f"{last}{digits(rng, 2)}")[
        int(rng.integers(4))
    ]
    return f"{local}@{choose(rng, MAIL_DOMAINS)}"


def house_number(rng: Generator) -> str:
    number = str(int(rng.integers(1, 190)))
    return number + choose(rng, ("", "", "", "", " a", "b", "-" + str(int(number) + 2), "/3"))


def phone(rng: Generator) -> Phone:
    area, block, free = choose(rng, PHONE_BLOCKS)
    return Phone(area, block + digits(rng, free))


def application(rng: Generator, *, valid_iban: bool = True) -> Application:
    """An invented application, everything in it drawn from `rng`."""
    first_name, last_name = choose(rng, FIRST_NAMES), choose(rng, LAST_NAMES)
    plz, town = choose(rng, TOWNS)
    dangerous = bool(rng.random() < 0.08)
    signed_on = day_between(rng, date(2026, 1, 5), TODAY)
    kept_since = day_between(rng, signed_on - timedelta(days=400), signed_on)
    born = day_between(rng, kept_since - timedelta(days=9 * 365), kept_since - timedelta(days=56))
    dogs = choose(rng, ("1", "1", "1", "2", "2", "3+"))
    mandate = bool(rng.random() < 0.8)
    return Application(
        last_name=last_name,
        first_name=first_name,
        date_of_birth=day_between(rng, date(1938, 1, 1), date(2007, 12, 31)),
        street=f"{choose(rng, STREETS)} {house_number(rng)}",
        plz=plz,
        town=town,
        phone=phone(rng) if rng.random() < 0.75 else None,
        email=email(rng, first_name, last_name) if rng.random() < 0.65 else None,
        dog_name=choose(rng, DOG_NAMES),
        breed=choose(rng, DANGEROUS_BREEDS if dangerous else BREEDS),
        dog_birth_date=born if rng.random() < 0.8 else None,
        chip_number="276" + choose(rng, ("09", "098", "093")).ljust(4, "0") + digits(rng, 8),
        kept_since=kept_since,
        dogs_in_household=dogs,
        first_dog=dogs == "1",
        dangerous_dog=dangerous,
        sepa_mandate=mandate,
        iban=iban(rng, valid=valid_iban) if mandate or not valid_iban else None,
        signed=bool(rng.random() < 0.95),
        signed_on=signed_on,
    )
