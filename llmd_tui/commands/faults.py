"""Where our own mistakes are written down."""

import tempfile
import traceback
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from llmd_tui import __version__
from llmd_tui.files import state_home, write_private


def write_fault(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> Path:
    """The traceback in a file of its own; below the temporary directory where the state directory cannot be written."""
    text = f"llmd-tui {__version__}\n" + "".join(traceback.format_exception(kind, error, trace))
    name = f"fault-{datetime.now(UTC):%Y%m%d-%H%M%S}.txt"
    for directory in (state_home(), Path(tempfile.gettempdir())):
        try:
            write_private(directory / name, text)
        except OSError:
            continue
        return directory / name
    return Path(name)
