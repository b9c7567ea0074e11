"""The program in a process of its own, followed line by line."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LIMIT = 180.0
"""Wall seconds for one call; on two idle cores it takes a tenth of that."""


@dataclass
class Call:
    """The program on its way. `said` is what came on stdout and stderr so far, `code` how it ended."""

    process: asyncio.subprocess.Process
    said: str = ""
    code: int | None = None

    async def until(self, text: str) -> None:
        """Until it has said a line with `text`."""
        async with self._limit():
            while not await self._hears(text):
                assert not self._at_end, f"it ended without saying {text!r}:\n{self.said}"

    async def end(self) -> "Call":
        async with self._limit():
            while not self._at_end:
                await self._hears("")
            self.code = await self.process.wait()
        return self

    def interrupt(self) -> None:
        """As Ctrl+C does."""
        self.process.send_signal(signal.SIGINT)

    @property
    def _at_end(self) -> bool:
        assert self.process.stdout is not None
        return self.process.stdout.at_eof()

    async def _hears(self, text: str) -> bool:
        assert self.process.stdout is not None
        line = (await self.process.stdout.readline()).decode()
        self.said += line
        return bool(line) and text in line

    @asynccontextmanager
    async def _limit(self) -> AsyncGenerator[None]:
        try:
            async with asyncio.timeout(LIMIT):
                yield
        except TimeoutError:
            os.killpg(self.process.pid, signal.SIGKILL)
            await self.process.wait()
            pytest.fail(f"not there after {LIMIT:.0f} s:\n{self.said}")


async def spawn(*command: str, folder: Path, environment: Mapping[str, str] = os.environ) -> Call:
    """A command in `folder`, in a process group of its own and without a terminal."""
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=folder,
        env=environment,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
        limit=2**20,
    )
    return Call(process)


async def llmd_tui(*arguments: str, folder: Path, environment: Mapping[str, str] = os.environ) -> Call:
    ours = {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    return await spawn(
        *(sys.executable, "-m", "llmd_tui", *arguments), folder=folder, environment={**environment, **ours}
    )
