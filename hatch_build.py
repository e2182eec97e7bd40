"""Hook of the installation: compiles the kernel of the hot path. Without a compiler the OpenCV one serves."""

from __future__ import annotations

import runpy
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BUILD = Path(__file__).resolve().parent / "ocr" / "kernel" / "build.py"


class KernelHook(BuildHookInterface[Any]):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        build = runpy.run_path(str(BUILD))
        build["main"]()
        made = build["library"]()
        if self.target_name == "wheel" and made.exists():
            platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
            build_data["artifacts"].append(f"ocr/kernel/{made.name}")
            build_data["pure_python"] = False
            build_data["tag"] = f"py3-none-{platform}"
