"""`llmd-tui destroy`: deletes what was made in Azure, by its typed name, and says what still costs money."""

import asyncio
import json
import sys
from argparse import Namespace
from dataclasses import asdict
from typing import TYPE_CHECKING

from llmd_tui.azure.removal import Leftover, Place, Removal, leftovers, removal, remove
from llmd_tui.commands.exits import Exit
from llmd_tui.commands.inputs import wanted
from llmd_tui.commands.login import connect
from llmd_tui.commands.talk import data, talk
from llmd_tui.config.model import Config
from llmd_tui.errors import UserError
from llmd_tui.plan.make import AKS_TIER_PER_HOUR

if TYPE_CHECKING:
    from llmd_tui.azure.client import Arm


def run(arguments: Namespace) -> int:
    config = wanted(arguments).choice.config
    azure = config.target.azure
    if azure is None:
        raise UserError(
            "The target is a cluster that llmd-tui did not make.", "`helm uninstall` removes what was installed there."
        )
    arguments.subscription = azure.subscription
    with asyncio.Runner() as runner:
        arm = runner.run(connect(arguments))
        try:
            place = place_of(config, arm.subscription)
            chosen = runner.run(removal(arm, place, arguments.what))
            # Outside of the loop: within it a Ctrl+C would not reach the question.
            _confirm(chosen, arguments.confirm)
            return runner.run(_destroy(arm, place, chosen, arguments.output))
        finally:
            runner.run(arm.close())


def place_of(config: Config, subscription: str) -> Place:
    """Where a config with all its defaults has its things."""
    azure = config.target.azure
    assert azure is not None
    return Place(subscription, azure.resource_group, azure.cluster, str(config.pool.name))


def _confirm(chosen: Removal, typed: str | None) -> None:
    """Raises UserError unless the name was typed, here or as an argument."""
    noun = "resource group" if chosen.what == "group" else chosen.what
    talk(f"To be deleted: {noun} {chosen.name}" + (", with" if chosen.takes and chosen.what != "pool" else ""))
    for taken in chosen.takes:
        talk(f"  {taken}")
    if typed is None:
        if not sys.stdin.isatty():
            raise UserError("There is no terminal to type the name in.", f"Add --confirm {chosen.name}.")
        sys.stderr.write(f"This cannot be undone. Type {chosen.name} to delete it: ")
        sys.stderr.flush()
        typed = sys.stdin.readline().strip()
    if typed != chosen.name:
        raise UserError(f"{typed or 'nothing'} is not the name: nothing was deleted.", f"It is {chosen.name}.")


async def _destroy(arm: "Arm", place: Place, chosen: Removal, output: str) -> int:
    told = ""

    def status(text: str) -> None:
        nonlocal told
        if text != told:
            talk(text)
        told = text

    await remove(arm, chosen, status)
    left = await leftovers(arm, place, AKS_TIER_PER_HOUR)
    if output == "json":
        removed = {"kind": chosen.what, "name": chosen.name}
        data(json.dumps({"removed": removed, "left": [asdict(each) for each in left]}, indent=2))
        return Exit.DONE
    talk(f"Deleted: {chosen.what} {chosen.name}.")
    for line in _left(left):
        talk(line)
    return Exit.DONE


def _left(left: list[Leftover]) -> list[str]:
    costly = [each for each in left if each.usd_per_hour != 0.0]
    if not costly:
        return ["Nothing of it costs money any more."]
    lines = ["Still costs money:"]
    for each in costly:
        price = f"${each.usd_per_hour:,.2f}/h by list price" if each.usd_per_hour else "price not known here"
        lines.append(f"  {each.name}: {price}")
    return lines
