"""Logging in from the command line; `llmd-tui login` does nothing else."""

import asyncio
import json
import sys
import time
from argparse import Namespace
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from llmd_tui.commands.exits import Exit
from llmd_tui.commands.talk import data, talk
from llmd_tui.rollout.words import duration
from llmd_tui.run.timing import run_clock

if TYPE_CHECKING:
    from llmd_tui.azure.client import Arm
    from llmd_tui.azure.person import Person, Prompt


def run(arguments: Namespace) -> int:
    return asyncio.run(login(arguments))


async def login(arguments: Namespace) -> int:
    """Logs in as --auth asks and lists the subscriptions that the login sees, the chosen one first."""
    async with await connect(arguments) as arm:
        known = sorted(await arm.subscriptions(), key=lambda each: (each.id != arm.subscription, each.name.lower()))
        tenants = {tenant.id: tenant for tenant in await arm.tenants()}
        how, chosen = arm.how, arm.subscription
    if arguments.output == "json":
        listed = [{**asdict(each), "chosen": each.id == chosen} for each in known]
        data(json.dumps({"auth": how, "subscriptions": listed, "tenants": [asdict(t) for t in tenants.values()]}))
        return Exit.DONE
    talk(f"Logged in by {how}.")
    for each in known:
        tenant = tenants.get(each.tenant)
        mark = "*" if each.id == chosen else " "
        data(f"{mark} {each.id}  {each.name}  {tenant.name if tenant and tenant.name else each.tenant}")
    if others := [t.name or t.id for t in tenants.values() if t.id not in {each.tenant for each in known}]:
        talk(f"Other tenants, by --tenant: {', '.join(others)}.")
    return Exit.DONE


async def connect(arguments: Namespace) -> "Arm":
    """The connection that --subscription asks for. Raises UserError."""
    from llmd_tui.azure.client import Arm

    return await Arm.connect(arguments.subscription, clock=run_clock(), person=somebody())


def somebody() -> "Person | None":
    """Who sits at the terminal, to be asked in lines."""
    return InLines(talk) if sys.stdin.isatty() and sys.stderr.isatty() else None


@dataclass(frozen=True)
class InLines:
    """A person who reads lines; ctrl+c gives up. Satisfies `Person`."""

    tell: Callable[[str], None]
    chooses: bool = False

    def show(self, prompt: "Prompt") -> None:
        left = f"good for {duration(prompt.expires - time.time())}; ctrl+c gives up"
        if prompt.code:
            self.tell(f"To log in, open {prompt.uri} and enter the code {prompt.code} ({left}).")
        else:
            self.tell(f"A browser was opened to log in ({left}). Where none came up: {prompt.uri}")

    def hide(self, prompt: "Prompt") -> None:
        """Lines stay."""
