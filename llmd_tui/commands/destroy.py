"""`llmd-tui destroy`: deletes what was made, by its typed name, and says what still costs money."""

import asyncio
import json
import sys
from argparse import Namespace
from dataclasses import asdict
from typing import TYPE_CHECKING

from llmd_tui.commands.exits import Exit
from llmd_tui.commands.inputs import Wanted, wanted
from llmd_tui.commands.login import connect
from llmd_tui.commands.talk import data, talk
from llmd_tui.errors import UserError
from llmd_tui.run.destroyed import note_destroyed
from llmd_tui.run.teardown import Ended, Teardown, tear_down, teardown
from llmd_tui.run.timing import run_clock
from llmd_tui.run.undo import named

if TYPE_CHECKING:
    from llmd_tui.azure.client import Arm


def run(arguments: Namespace) -> int:
    asked = wanted(arguments)
    with asyncio.Runner() as runner:
        arm = runner.run(_connected(asked, arguments))
        try:
            chosen = runner.run(teardown(asked.choice, asked.plan, arm, run_clock(), arguments.what))
            # Outside of the loop: within it a Ctrl+C would not reach the question.
            _confirm(chosen, arguments.confirm)
            return runner.run(_destroy(arm, chosen, arguments.output))
        finally:
            if arm:
                runner.run(arm.close())


async def _connected(asked: Wanted, arguments: Namespace) -> "Arm | None":
    azure = asked.config.target.azure
    if azure is None:
        if arguments.what:
            raise UserError("The target is a cluster that llmd-tui did not make.", "Leave --what out.")
        return None
    arguments.subscription = azure.subscription
    return await connect(arguments)


def _confirm(chosen: Teardown, typed: str | None) -> None:
    """Raises UserError unless the name was typed, here or as an argument."""
    talk(f"To be deleted: {chosen.noun} {chosen.name}" if chosen.removal else f"To be deleted in {chosen.name}:")
    for line in chosen.goes:
        talk(f"  {line}")
    for line in chosen.stays:
        talk(f"Stays: {line}")
    if typed is None:
        if not sys.stdin.isatty():
            raise UserError("There is no terminal to type the name in.", f"Add --confirm {chosen.name}.")
        sys.stderr.write(f"This cannot be undone. Type {chosen.name} to delete it: ")
        sys.stderr.flush()
        typed = sys.stdin.readline().strip()
    if typed != chosen.name:
        raise UserError(f"{typed or 'nothing'} is not the name: nothing was deleted.", f"It is {chosen.name}.")


async def _destroy(arm: "Arm | None", chosen: Teardown, output: str) -> int:
    told = ""

    def status(text: str) -> None:
        nonlocal told
        if text != told:
            talk(text)
        told = text

    ended = await tear_down(chosen, arm, run_clock(), status)
    note_destroyed(chosen)
    if output == "json":
        data(json.dumps(_as_json(chosen, ended), indent=2))
        return Exit.DONE
    talk(f"Deleted: {chosen.noun} {chosen.name}." if chosen.removal else f"Deleted what was ours in {chosen.name}.")
    for line in ended.lines():
        talk(line)
    return Exit.DONE


def _as_json(chosen: Teardown, ended: Ended) -> dict[str, object]:
    kind = chosen.removal.what if chosen.removal else "context"
    removed = {"kind": kind, "name": chosen.name, "things": [named(thing) for thing in chosen.things]}
    return {"removed": removed, "left": [asdict(each) for each in ended.left], "stays": list(ended.stays)}
