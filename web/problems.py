"""Problems in another language than German: there the title of the code stands for the message.

Messages are built in German where the problem is found, often long before anybody reads them, and stored with the case.
The titles are in the catalogue, by code (`docs/problems/CODE.md` has the German one).
"""

from __future__ import annotations

from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, pgettext

from cases import rules
from ocr.errors import Problem
from ocr.page import Note
from ocr.spec_edit import NotPossible

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


def refused(problem: NotPossible) -> str:
    """Why a form cannot be changed like this."""
    words = gettext(problem.words)
    return words % problem.named if problem.named else words


def german(text: str) -> SafeString | str:
    """What people wrote in German, in `config/` or on paper: on a page in another language it says so."""
    return text if get_language() == settings.LANGUAGE_CODE else format_html('<span lang="de">{}</span>', text)


def told(code: str, message: str) -> SafeString | str:
    """With all that is known of it: in German the message, else also the title of its code."""
    found = title(code)
    return format_html('{} <span class="aside">{}</span>', found, german(message)) if found else german(message)
