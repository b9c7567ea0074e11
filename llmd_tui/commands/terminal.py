"""What the wizard needs before it starts."""

import os
import sys
from argparse import Namespace
from contextlib import AbstractContextManager, nullcontext

from llmd_tui.commands.talk import talk
from llmd_tui.errors import UserError

DEMO = "h100-pd-disaggregation"
"""The ready-made config that the demo begins with."""


def needs_terminal() -> None:
    """Raises UserError where nobody could answer."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UserError(
            "The wizard needs a terminal, and there is none here.",
            "Without one: `llmd-tui plan -f FILE` and `llmd-tui apply -f FILE --yes`.",
        )


def no_screens() -> bool:
    """Whether the terminal cannot show any; says so."""
    if os.environ.get("TERM", "dumb") not in ("dumb", "unknown", ""):
        return False
    talk("TERM says that this terminal shows lines only: line by line, as with --plain.")
    return True


def simulators(arguments: Namespace) -> AbstractContextManager[None]:
    """The simulators, for the demo."""
    if arguments.command != "demo":
        return nullcontext()
    from llmd_tui.commands.simulation import simulation

    return simulation(arguments.scenario, arguments.speed)
