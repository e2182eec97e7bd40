"""Problems in another language than German: there the title of the code stands for the message.

Messages are built in German where the problem is found, often long before anybody reads them, and stored with the case.
The titles are in the catalogue, by code (`docs/problems/CODE.md` has the German one).
"""

from __future__ import annotations

from django.utils.translation import pgettext

from cases import rules
from ocr.errors import Problem
from ocr.page import Note

CONTEXT = "problem"


def title(code: str) -> str:
    """The title of a code in the language of the screen; empty in German, and for a code without one."""
    found = pgettext(CONTEXT, code) if code else code
    return "" if found == code else found


def words(code: str, message: str) -> str:
    """What is wrong, in the language of the screen. A reason that somebody gave is not left out."""
    found = title(code)
    if found and code == rules.OVERRIDDEN:
        return f"{found}: {message.partition(': ')[2]}"
    return found or message


def of(problem: Problem | Note) -> str:
    return words(problem.code, problem.message)
