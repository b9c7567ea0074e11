"""Everything that the start screen shows, read at once, each with its age."""

import asyncio
import importlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from llmd_tui.azure.profile import profile_changed
from llmd_tui.draft.reading import Reading
from llmd_tui.errors import NotLoggedIn, UserError
from llmd_tui.loading import load

if TYPE_CHECKING:
    from llmd_tui.azure.person import Person
    from llmd_tui.start.account import Account
    from llmd_tui.start.contexts import Behind, Known
    from llmd_tui.start.files import AnswersFile
    from llmd_tui.start.kept import Kept
    from llmd_tui.start.runs import PastRun
    from llmd_tui.start.tools import Tool

T = TypeVar("T")


@dataclass(frozen=True)
class Left:
    """What earlier starts left: runs, newest first, and the draft of one that is none yet."""

    runs: "tuple[PastRun, ...]" = ()
    draft: "Kept | None" = None


class Around:
    """Reads when told to; what it needs is imported in threads. `changed` is called whenever something came in."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self.account: Reading[Account] = Reading()
        self.nobody = False
        """Whether there is no login at all."""
        self.tools: dict[str, Tool] = {}
        self.contexts: Reading[tuple[Known, ...]] = Reading()
        self.clusters: dict[str, Reading[Behind]] = {}
        self.awaited: frozenset[str] = frozenset()
        """Contexts whose clusters are asked without anybody wanting to know."""
        self.files: Reading[tuple[AnswersFile, ...]] = Reading()
        self.left: Reading[Left] = Reading()
        self._login_seen = 0.0
        self._changed = changed

    async def read(self) -> None:
        """All of it; returns when all has answered or failed."""
        await asyncio.gather(
            self.read_left(), self.read_files(), self.read_account(), self.read_tools(), self.read_contexts()
        )

    async def read_left(self) -> None:
        def read() -> Left:
            from llmd_tui.start.kept import kept
            from llmd_tui.start.runs import past_runs

            return Left(tuple(past_runs()), kept())

        await self._read(self.left, lambda: asyncio.to_thread(read), lambda reading: setattr(self, "left", reading))

    async def read_files(self) -> None:
        def read() -> "tuple[AnswersFile, ...]":
            from llmd_tui.start.files import answers_files

            return tuple(answers_files(Path.cwd()))

        await self._read(self.files, lambda: asyncio.to_thread(read), lambda reading: setattr(self, "files", reading))

    async def read_account(self, person: "Person | None" = None) -> None:
        """What is known without asking first, then whether it holds. `person`, if there is one, is asked to log in."""
        account = await _module("account")
        self._login_seen = profile_changed()
        try:
            known = account.known()
        except UserError as error:
            self.account = self.account.failed(error)
            self._changed()
            return
        before = Reading(value=known, at=self.account.at)

        async def ask() -> "Account":
            self.nobody = False
            try:
                return await account.confirmed(known, person)
            except NotLoggedIn:
                from llmd_tui.azure.login import WAYS

                self.nobody = True
                raise UserError("Nobody is logged in to Azure here.", WAYS) from None

        await self._read(before, ask, lambda reading: setattr(self, "account", reading))

    def login_changed(self) -> bool:
        """Whether somebody logged in, or out, since the account was read."""
        return self.account.state in ("ready", "failed") and profile_changed() != self._login_seen

    async def read_tools(self) -> None:
        from llmd_tui.start.tools import TOOLS

        async def one(name: str) -> None:
            self.tools[name] = await TOOLS[name]()
            self._changed()

        await asyncio.gather(*map(one, TOOLS))

    async def read_contexts(self) -> None:
        """The names, then whoever is behind them, a few at a time."""
        contexts = await _module("contexts")
        await self._read(self.contexts, contexts.known, lambda reading: setattr(self, "contexts", reading))
        at_once = asyncio.Semaphore(contexts.AT_ONCE)

        async def one(name: str) -> None:
            async with at_once:
                await self.read_cluster(name)

        unattended = [each.name for each in self.contexts.value or () if not each.asks_a_person]
        self.awaited = frozenset(unattended[: contexts.ASKED])
        await asyncio.gather(*map(one, unattended[: contexts.ASKED]))

    async def read_cluster(self, context: str) -> None:
        contexts = await _module("contexts")
        before = self.clusters.get(context, Reading())
        if before.state == "loading":
            return

        def keep(reading: "Reading[Behind]") -> None:
            self.clusters[context] = reading

        await self._read(before, lambda: contexts.behind(context), keep)

    async def _read(
        self, before: Reading[T], ask: Callable[[], Awaitable[T]], keep: Callable[[Reading[T]], None]
    ) -> None:
        def kept(reading: Reading[T]) -> None:
            keep(reading)
            self._changed()

        await before.anew(ask, kept)


async def _module(name: str) -> Any:
    """Of this package, imported in a thread: some take long."""
    whole = f"{__package__}.{name}"
    await load(whole)
    return importlib.import_module(whole)
