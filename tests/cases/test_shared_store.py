"""Where web, readers and robots run as users of their own, what one of them stores is the group's."""

from __future__ import annotations

import os
import stat
import uuid
from pathlib import Path
from typing import Any

import pytest

from cases import store


@pytest.mark.parametrize(("shared", "folder_mode", "file_mode"), [(False, 0o700, 0o600), (True, 0o770, 0o660)])
def test_what_is_stored_is_closed_to_others_and_open_to_the_group_only_if_shared(
    settings: Any, tmp_path: Path, shared: bool, folder_mode: int, file_mode: int
) -> None:
    settings.STORE = tmp_path / "store"
    settings.SHARED, settings.FOLDER_MODE, settings.FILE_MODE = shared, folder_mode, file_mode
    before = os.umask(0o077)
    try:
        page = settings.STORE / store.keep_page(uuid.uuid4(), 1, 1, b"png")
    finally:
        os.umask(before)
    assert stat.S_IMODE(page.stat().st_mode) == file_mode
    assert {
        stat.S_IMODE(folder.stat().st_mode)
        for folder in page.parents
        if folder != tmp_path and folder.is_relative_to(tmp_path)
    } == {folder_mode}
