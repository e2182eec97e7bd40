"""How a keyword says what went wrong: rpaframework's two kinds of exception, with one of our codes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["BUSINESS", "APPLICATION"]

MESSAGES = {
    "Z001": "Das Zielsystem ist nicht erreichbar. Es wird von selbst noch einmal versucht.",
    "Z002": "Das Zielsystem meldet Wartung. Es wird von selbst noch einmal versucht.",
    "Z003": "Das Zielsystem nimmt die Anmeldung nicht an. Bitte das hinterlegte Kennwort prüfen.",
    "Z004": "Das Zielsystem hat anders geantwortet als erwartet. In diesem Versuch wurde nichts geschrieben.",
    "Z005": "Der Browser startet nicht. Bitte „laufzettel doctor“ ausführen.",
    "Z006": "Die Zugangsdaten des Zielsystems fehlen oder sind für andere lesbar. Bitte die Datei berichtigen.",
    "Z007": "Das Absenden wurde nicht freigegeben. In diesem Versuch wurde nichts geschrieben.",
    "Z008": "Das Zielsystem ist anders eingerichtet, als config/targets es sagt. Bitte die IT verständigen.",
    "Z010": "Das Zielsystem lehnt die Angaben ab.",
    "Z011": "Ein Wert passt nicht in das Feld des Zielsystems. Bitte den Wert prüfen.",
    "Z012": "Das Zielsystem hat die Angaben beim Absenden abgelehnt. Geschrieben wurde nichts. Bitte die Werte prüfen.",
    "Z020": "Nach dem Absenden fehlt die Bestätigung. Bevor erneut gesendet wird, wird im Zielsystem gesucht.",
    "Z021": "Die Übergabedatei ist noch nicht quittiert. Es wird später von selbst wieder nachgesehen.",
}
ENDS_THE_SESSION = {"Z001", "Z002", "Z003", "Z005", "Z006", "Z007", "Z008", "Z020"}
SURELY_NOT_WRITTEN = "Z012"
"""The only answer to a submit that leaves nothing open: the target refused it, and says so."""


class EntryFailure(Exception):
    """Its text is `KIND CODE message`, which is all that Robot Framework hands on. Never holds field contents."""

    ROBOT_SUPPRESS_NAME = True

    def __init__(self, kind: Kind, code: str, message: str = "") -> None:
        super().__init__(f"{kind} {code} {message or MESSAGES[code]}")


class Rejected(EntryFailure):
    """The values are the trouble: a person decides, trying again does not help."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__("BUSINESS", code, message)


class Refused(EntryFailure):
    """The submit was answered by a refusal: surely nothing was written, and a person decides."""

    def __init__(self) -> None:
        super().__init__("BUSINESS", SURELY_NOT_WRITTEN)


class Unavailable(EntryFailure):
    """The target or this machine is the trouble: may be tried again as long as nothing was sent."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__("APPLICATION", code, message)


@dataclass(frozen=True, slots=True)
class Failure:
    """A failure as it is released."""

    kind: Kind
    code: str
    message: str

    @property
    def ends_the_session(self) -> bool:
        """Whether the next case would meet the same trouble, or must not be touched by this process."""
        return self.code in ENDS_THE_SESSION


def understood(text: str) -> Failure:
    """The failure behind Robot's error text. What no keyword of ours said becomes APPLICATION Z004."""
    match = re.match(r"(BUSINESS|APPLICATION) (Z\d{3}|V\d{3}) (.+)", text, re.DOTALL)
    if match is None:
        return Failure("APPLICATION", "Z004", MESSAGES["Z004"])
    kind: Kind = "BUSINESS" if match[1] == "BUSINESS" else "APPLICATION"
    return Failure(kind, match[2], match[3])


def after_intent(failure: Failure) -> Failure:
    """Whatever breaks between intent and receipt leaves open whether the record was written; a refusal does not."""
    if failure.code == SURELY_NOT_WRITTEN:
        return failure
    return Failure("APPLICATION", "Z020", MESSAGES["Z020"])
