from __future__ import annotations

from pathlib import Path

import pytest

from tests.site import Site, make_site


@pytest.fixture
def office(tmp_path: Path, settings) -> Site:
    """Descriptions of their own; data folder and store are those of the test run, which real workers share."""
    site = make_site(tmp_path / "site")
    for name in ("forms", "processes", "targets"):
        setattr(settings, name.upper(), site.root / name)
    return site
