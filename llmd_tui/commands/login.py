"""Logging in from the command line."""

import sys
from argparse import Namespace
from typing import TYPE_CHECKING

from llmd_tui.commands.talk import talk
from llmd_tui.run.timing import run_clock

if TYPE_CHECKING:
    from llmd_tui.azure.client import Arm


async def connect(arguments: Namespace) -> "Arm":
    """The connection that --auth, --cloud, --tenant and --subscription ask for. Raises UserError."""
    from llmd_tui.azure.client import Arm

    asks = _show if sys.stderr.isatty() else None
    return await Arm.connect(arguments.subscription, clock=run_clock(), on_device_code=asks)


def _show(uri: str, code: str) -> None:
    talk(f"To log in, open {uri} and enter the code {code}")
