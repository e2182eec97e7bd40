"""Start the stand-in: `python -m demo.fachverfahren --port 8321 --data FOLDER`."""

from __future__ import annotations

import argparse
import ipaddress
import sys
from pathlib import Path

from waitress import serve

from demo.fachverfahren.site import Site


def main() -> int:
    """Serve until stopped. Exit code 2 when it cannot start."""
    parser = argparse.ArgumentParser(prog="python -m demo.fachverfahren", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--data", type=Path, required=True, help="folder with login.json (user, password)")
    parser.add_argument("--host", default="127.0.0.1", help="an address of this machine itself")
    args = parser.parse_args()
    if not ipaddress.ip_address(args.host).is_loopback:
        parser.error("only for this machine itself (127.0.0.1): it is a stand-in, not a safe application")
    if not (args.data / "login.json").is_file():
        parser.error(f'{args.data / "login.json"} is missing: {{"user": "...", "password": "..."}}')
    serve(Site(args.data), host=args.host, port=args.port, threads=4, ident=None)
    return 0


if __name__ == "__main__":
    sys.exit(main())
