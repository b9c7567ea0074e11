"""Files of the user's own: whole or not at all, and nobody else's to read."""

from pathlib import Path

import pytest

from llmd_tui.files import replace, write_private


def test_what_cannot_be_written_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "file"
    write_private(file, "old")
    with pytest.raises(UnicodeEncodeError):
        replace(file, "new \udcff", 0o644)
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]


def test_a_directory_that_has_to_be_made_is_private_too(tmp_path: Path) -> None:
    file = tmp_path / "made" / "file"
    write_private(file, "text")
    assert [path.stat().st_mode & 0o777 for path in (file.parent, file)] == [0o700, 0o600]
