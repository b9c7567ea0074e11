"""Answers files on the disk: read with every obstacle explained, replaced in one step."""

import os
import stat
from pathlib import Path

from llmd_tui.config.problems import AnswersError, Place, Problem
from llmd_tui.errors import UserError
from llmd_tui.files import replace

LARGEST = 1 << 16
"""Bytes. Nobody writes that many answers; what is larger is another file."""


def read_text(path: Path) -> str:
    """Raises AnswersError."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise _problem(path, *_unreadable(error)) from None
    if len(content) > LARGEST:
        raise _problem(path, "is too large for an answers file.", "Name another file.")
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise _problem(path, "is not a text file.", "An answers file is YAML in UTF-8.") from None


def write_text(path: Path, text: str) -> None:
    """Replaces the file in one step and keeps its mode; a link stays a link. Raises UserError."""
    try:
        path = path.resolve()
        replace(path, text, _mode(path), sync=True)
    except OSError as error:
        reason = error.strerror or error
        raise UserError(f"{path} cannot be written: {reason}.", "Choose a place that you may write to.") from None


def _problem(path: Path, message: str, remedy: str) -> AnswersError:
    return AnswersError([Problem(Place(str(path)), "", message, remedy)])


def _unreadable(error: OSError) -> tuple[str, str]:
    if isinstance(error, FileNotFoundError):
        return "does not exist.", "`-f` takes the path of an answers file."
    if isinstance(error, IsADirectoryError):
        return "is a directory.", "Name the answers file in it."
    if isinstance(error, PermissionError):
        return "may not be read by you.", "Change its owner or mode."
    return f"cannot be read: {error.strerror or error}.", ""


def _mode(path: Path) -> int:
    """The mode that the file has, or what the umask gives a new one."""
    if path.exists():
        return stat.S_IMODE(path.stat().st_mode)
    umask = os.umask(0)
    os.umask(umask)
    return 0o666 & ~umask
