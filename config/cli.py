"""The command `laufzettel`. Every module of `config.commands` is one command."""

from __future__ import annotations

import argparse
import importlib
import os
import pkgutil
import sys
from types import ModuleType

from config import commands
from ocr.errors import Problem

DONE, BUG, USAGE, REFUSED = 0, 1, 2, 3


def modules() -> dict[str, ModuleType]:
    """All commands by name: the folder is the registry."""
    names = sorted(info.name for info in pkgutil.iter_modules(commands.__path__))
    return {name: importlib.import_module(f"config.commands.{name}") for name in names}


def parser(found: dict[str, ModuleType]) -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="laufzettel", description="Vom Papierantrag zum fertigen Vorgang.")
    below = top.add_subparsers(dest="command", metavar="BEFEHL", required=True)
    for name, module in found.items():
        sub = below.add_parser(name, help=module.HELP, description=module.HELP)
        module.add_arguments(sub)
    return top


def main(argv: list[str] | None = None) -> int:
    """Run one command. Exit codes: 0 done, 1 a bug, 2 wrong usage, 3 the input was refused."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("OMP_THREAD_LIMIT", "1")
    found = modules()
    args = parser(found).parse_args(argv)
    try:
        return int(found[args.command].run(args))
    except Problem as problem:
        print(f"{problem.code}: {problem.message}", file=sys.stderr)
        return REFUSED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except KeyboardInterrupt:
        print("Abgebrochen.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
