"""Every problem that a person may see, as one tree. Anything else that is raised is a bug."""

from __future__ import annotations

from typing import ClassVar, Literal

Audience = Literal["clerk", "owner", "it"]


class Problem(Exception):
    """Something that a person must know. `message` is German and says what to do next.

    `code` names the page `docs/problems/<code>.md`. A message never holds field contents.
    """

    audience: ClassVar[Audience] = "it"
    retry: ClassVar[bool] = False

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class ScanProblem(Problem):
    """S..: the file cannot be read as a scan."""

    audience: ClassVar[Audience] = "clerk"


class ScanReaderUnavailable(ScanProblem):
    """S..: the machine, not the file, keeps us from reading; the same file may be read later."""

    audience = "it"
    retry = True


class FormProblem(Problem):
    """F..: a form, process, target or scanner description is wrong; shown at start-up."""

    audience = "owner"


class EngineProblem(Problem):
    """E..: an OCR engine or its model is missing or failed."""

    retry = True


class StateProblem(Problem):
    """V..: the case is not in a state in which this step is allowed."""

    audience = "clerk"


class TargetUnavailable(Problem):
    """Z..: the target could not be reached; nothing was written, so the step may be tried again."""

    retry = True


class TargetRejected(Problem):
    """Z..: the target refused the values (a business error); a clerk decides."""

    audience = "clerk"


class EntryUnclear(Problem):
    """Z..: it is not known whether the record was written. Never retried by itself."""

    audience = "clerk"
