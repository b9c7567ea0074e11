"""The command line: which command, exit code. Imports nothing heavy: `--help` answers at once."""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from types import TracebackType

from llmd_tui.commands.arguments import DEFAULT_SPEED, parser
from llmd_tui.commands.exits import Exit
from llmd_tui.commands.talk import complain, data, prepare_streams, talk
from llmd_tui.errors import UserError

LOGIN_VARIABLES = {"auth": "LLMD_TUI_AUTH", "cloud": "LLMD_TUI_CLOUD", "tenant": "LLMD_TUI_TENANT"}
"""Flags become these: children of this process log in as it does."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line and returns its exit code; see `commands.exits`."""
    if arguments is None:
        sys.excepthook = _fault
    prepare_streams()
    parsed = parser().parse_args(arguments)
    for flag, variable in LOGIN_VARIABLES.items():
        if value := getattr(parsed, flag, None):
            os.environ[variable] = value
    try:
        if parsed.command in ("wizard", "demo"):
            return _wizard(parsed)
        if parsed.command == "keys":
            return _keys()
        name = parsed.command.replace("-", "_")
        return importlib.import_module(f"llmd_tui.commands.{name}").run(parsed)
    except UserError as error:
        complain(error)
        return Exit.MISUSE
    except KeyboardInterrupt:
        talk("Stopped.")
        return Exit.INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone; the interpreter must not flush into the closed pipe once more.
        sys.stdout = None
        return Exit.FAILED


def _wizard(parsed: argparse.Namespace) -> int:
    """In lines, or on screens. Here alone the engine knows of screens, and late: Textual takes its time."""
    from llmd_tui.commands.terminal import needs_terminal, no_screens, simulators

    needs_terminal()
    demo, scenario = parsed.command == "demo", getattr(parsed, "scenario", "smooth")
    if parsed.plain or no_screens():
        prepare_streams("ascii" if parsed.ascii else None)
        from llmd_tui.plain.wizard import start as start_plain

        with simulators(parsed):
            return start_plain(answers=parsed.file, demo=demo, scenario=scenario)
    from screens.app import start

    speed = getattr(parsed, "speed", DEFAULT_SPEED)
    return start(answers=parsed.file, demo=demo, ascii=parsed.ascii, scenario=scenario, speed=speed)


def _keys() -> int:
    from screens.app import keys

    data(keys())
    return Exit.DONE


def _fault(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """A mistake of ours: told in a sentence; what we need to find it goes to a file."""
    from llmd_tui.commands.faults import write_fault

    talk(f"llmd-tui made a mistake and stopped: {kind.__name__}: {error}")
    talk(f"The details are in {write_fault(kind, error, trace)}; a report with them helps. `llmd-tui runs` shows runs.")
