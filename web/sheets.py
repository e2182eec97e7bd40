"""The pages of a blank form or of a trial scan, as pictures for the browser."""

from __future__ import annotations

from django.http import FileResponse, Http404

from cases import blanks
from ocr.errors import Problem


def leaves(sha256: str | None) -> list[blanks.Leaf]:
    """None where there is no file, or it cannot be read any more."""
    try:
        return blanks.leaves(sha256) if sha256 else []
    except (OSError, Problem):
        return []


def picture(sha256: str, number: int) -> FileResponse:
    """One page, as wide as a screen. Raises Http404."""
    leaf = next((leaf for leaf in leaves(sha256) if leaf.number == number), None)
    try:
        if leaf is None:
            raise Http404
        return FileResponse(leaf.picture.open("rb"), content_type="image/jpeg")
    except OSError as error:
        raise Http404 from error
