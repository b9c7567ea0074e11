"""Where one sits."""

import os
import sys


def desktop() -> bool:
    """Whether a browser would open in front of whoever sits here."""
    if os.environ.get("SSH_CONNECTION") or os.environ.get("SSH_TTY"):
        return False
    return sys.platform in ("darwin", "win32") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def browser_here() -> bool:
    """Also where BROWSER names one, as editors do whose terminal is on another machine."""
    return desktop() or bool(os.environ.get("BROWSER"))
