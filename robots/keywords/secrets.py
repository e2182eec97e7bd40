"""Credentials of the targets from files that only their owner may read (`RPA_SECRET_MANAGER`).

They reach the target only: never a log, an argument, the environment or output.xml. How old they are is watched by the
worker (`workers.launch.warn_of_old_secret`).
"""

from __future__ import annotations

import json
import os
import re
import stat
from pathlib import Path

from robot.api.types import Secret as Hidden
from RPA.Robocorp.Vault import BaseSecretManager, Secret

from robots.keywords.problems import Unavailable
from robots.keywords.veil import VEIL


class FileSecrets(BaseSecretManager):
    """`<LAUFZETTEL_SECRETS>/<name>.json`, an object of texts, mode 0600. Every value is a Robot `Secret`."""

    def get_secret(self, secret_name: str) -> Secret:
        """The credentials called `secret_name`.

        Raises:
            Unavailable: Z006 when the file is missing, wrong or readable for others, or its folder writable for them.
        """
        if not re.fullmatch(r"[a-z0-9_-]+", secret_name):
            raise Unavailable("Z006", f"Der Name „{secret_name}“ der Zugangsdaten ist nicht zulässig.")
        path = Path(os.environ["LAUFZETTEL_SECRETS"]) / f"{secret_name}.json"
        _check_folder(path.parent)
        values = _read(path)
        VEIL.cover(values.values())
        return Secret(secret_name, "", {name: Hidden(value) for name, value in values.items()})

    def set_secret(self, secret: Secret) -> None:
        raise NotImplementedError("robots do not change credentials")


def _check_folder(folder: Path) -> None:
    """Who may write into the folder could put other credentials, and so another account, in the place of ours."""
    try:
        found = folder.stat()
    except OSError as error:
        raise Unavailable("Z006", "Den Ordner der Zugangsdaten gibt es nicht. Bitte anlegen.") from error
    if found.st_uid not in (0, os.geteuid()) or stat.S_IMODE(found.st_mode) & 0o022:
        raise Unavailable("Z006", "In den Ordner der Zugangsdaten dürfen andere schreiben. Bitte „chmod 700“ anwenden.")


def _read(path: Path) -> dict[str, str]:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        raise Unavailable("Z006", f"Die Zugangsdaten {path.name} fehlen. Bitte die Datei anlegen.") from error
    with os.fdopen(handle, "rb") as file:
        found = os.fstat(file.fileno())
        if found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o077:
            text = f"Die Zugangsdaten {path.name} sind für andere lesbar. Bitte „chmod 600“ darauf anwenden."
            raise Unavailable("Z006", text)
        content = file.read()
    try:
        values = json.loads(content)
    except ValueError:
        values = None  # the message of the parser would quote the file
    if not isinstance(values, dict) or not all(isinstance(value, str) for value in values.values()):
        raise Unavailable("Z006", f"Die Zugangsdaten {path.name} sind kein JSON-Objekt aus Texten.")
    return values
