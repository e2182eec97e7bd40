"""Hook of the installation: compiles the kernel of the hot path (without a compiler the OpenCV one serves) and the
English texts.
"""

from __future__ import annotations

import runpy
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parent
BUILD = ROOT / "ocr" / "kernel" / "build.py"
CATALOGUE = ROOT / "web" / "catalogue.py"


class CompiledParts(BuildHookInterface[Any]):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        build = runpy.run_path(str(BUILD))
        build["main"]()
        made = build["library"]()
        if self.target_name == "wheel" and made.exists():
            platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
            build_data["artifacts"].append(f"ocr/kernel/{made.name}")
            build_data["pure_python"] = False
            build_data["tag"] = f"py3-none-{platform}"
        catalogue = runpy.run_path(str(CATALOGUE))
        catalogue["compile_catalogue"]()
        build_data["artifacts"].append(str(catalogue["MO"].relative_to(ROOT)))
