"""What the terminal can show."""

import locale
import os


def ascii_only() -> bool:
    """A locale that is not UTF-8, and the Linux console, lack most of our glyphs."""
    return os.environ.get("TERM") == "linux" or "utf" not in locale.getpreferredencoding(False).lower()
