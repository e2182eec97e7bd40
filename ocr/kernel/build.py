"""Compiles page.c at installation; needs nothing but a C compiler. `python -m ocr.kernel.build` does it by hand."""

from __future__ import annotations

import hashlib
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
SOURCE = FOLDER / "page.c"
FLAGS = ("-std=gnu11", "-O3", "-ffp-contract=off", "-fPIC", "-shared", "-fvisibility=hidden", "-Wall", "-Wextra")
"""Without contraction every machine gives the same page to the bit, with and without fused multiply-add."""
WITHOUT_CLONES, PLAIN = "-DNO_CLONES", "-DPLAIN"
"""For compilers and C libraries that cannot choose between versions of a function at start (clang, musl), and for those
that do not know the processor's own instructions."""


def library() -> Path:
    """Where the compiled kernel of this very source belongs; one of another source is never loaded."""
    sources = b"".join(path.read_bytes() for path in (SOURCE, *sorted(FOLDER.glob("*.h"))))
    return FOLDER / f"page-{hashlib.sha256(sources).hexdigest()[:16]}.so"


def compiler() -> list[str] | None:
    """The C compiler: $CC, else cc, gcc or clang; None where there is none."""
    named = shlex.split(os.environ.get("CC", ""))
    for command in ([named] if named else []) + [["cc"], ["gcc"], ["clang"]]:
        if shutil.which(command[0]):
            return command
    return None


def compile_kernel(target: Path | None = None, extra: tuple[str, ...] = ()) -> Path | None:
    """Compile to `target` (else where it is loaded from); None where no compiler is there or it refuses."""
    command = compiler()
    target = target or library()
    if command is None:
        return None
    for flags in ((), (WITHOUT_CLONES,), (PLAIN,)):
        handle, made = tempfile.mkstemp(suffix=".so", dir=target.parent)
        os.close(handle)
        done = subprocess.run(
            [*command, *FLAGS, *flags, *extra, str(SOURCE), "-o", made, "-lm"], capture_output=True, check=False
        )
        if done.returncode == 0:
            Path(made).chmod(0o755)
            Path(made).replace(target)
            return target
        Path(made).unlink(missing_ok=True)
    return None


def main() -> int:
    """Compile, tidy older ones away, say what came of it. Never fails: without a compiler the twin serves."""
    for old in FOLDER.glob("page-*.so"):
        if old != library():
            old.unlink(missing_ok=True)
    if library().exists() or compile_kernel():
        print(f"Kern: {library().name}")
        return 0
    print("Kern: kein C-Compiler, es läuft der langsamere mit OpenCV.", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
