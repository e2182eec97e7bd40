"""Make the lock files again: pinned versions with hashes, no registry address. Needs the network.

app.in and test.in are written by hand; the robots' list is the pip part of conda.yaml.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

LOCKS = Path(__file__).resolve().parent
UV_OPTIONS = [
    "--universal",
    "--python-version",
    "3.11",
    "--generate-hashes",
    "--no-header",
    "--no-emit-index-url",
    "--no-annotate",
    "-q",
]


def pip_part(conda: str) -> list[str]:
    """The lines below `- pip:` of a conda environment file."""
    block = re.search(r"^\s*- pip:\s*\n((?:\s{4,}- .+\n?)+)", conda, re.MULTILINE)
    if not block:
        raise SystemExit("conda.yaml hat keinen pip-Teil.")
    return [line.strip().removeprefix("- ").split(" #")[0].strip() for line in block.group(1).splitlines()]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        run = [f"{folder}/bin/python", "-m", "pip", "-qq", "install", "uv"]
        subprocess.run(run, check=True)
        robots = Path(folder) / "robots.in"
        robots.write_text("\n".join(pip_part((LOCKS.parent / "conda.yaml").read_text())) + "\n")
        for source, extra in (
            (LOCKS / "app.in", ["--override", "overrides.txt"]),
            (LOCKS / "test.in", ["--override", "overrides.txt", "-c", "app.txt"]),
            (LOCKS / "otel.in", ["-c", "app.txt"]),
            (LOCKS / "node.in", []),
            (robots, []),
        ):
            target = LOCKS / f"{source.stem}.txt"
            command = [f"{folder}/bin/uv", "pip", "compile", *UV_OPTIONS, *extra, str(source), "-o", str(target)]
            print(target.name, file=sys.stderr)
            subprocess.run(command, check=True, cwd=LOCKS)


if __name__ == "__main__":
    main()
