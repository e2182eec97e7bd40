"""Loaded before Django's settings (pytest -p): tests have a data folder and a broker address of their own.

Nothing of a test ever touches ./data. The folder is short enough for unix sockets and goes when the run ends.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

DATA = Path(tempfile.mkdtemp(prefix="lz-"))
MAKER = os.getpid()


def remove() -> None:
    if os.getpid() == MAKER:  # not in children that inherited this
        shutil.rmtree(DATA, ignore_errors=True)


atexit.register(remove)
for name in [name for name in os.environ if name.startswith("LAUFZETTEL_") and "PG_" not in name]:
    if name not in ("LAUFZETTEL_SHARED_DATA", "LAUFZETTEL_CHROMIUM", "LAUFZETTEL_CHROMEDRIVER"):
        del os.environ[name]
os.environ["LAUFZETTEL_DATA"] = str(DATA)
os.environ["LAUFZETTEL_SECRET_KEY"] = "only-for-tests-" + "x" * 40
os.environ["LAUFZETTEL_BROKER"] = f"redis+socket://{DATA / 'broker.sock'}"
os.environ.setdefault("OMP_THREAD_LIMIT", "1")
