"""Real programs against the simulator: kubectl, helm."""

import asyncio
import os
import shutil
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest


def program(name: str) -> str:
    """Its path; skips the test where it is absent."""
    assets = os.environ.get("KUBEBUILDER_ASSETS", "")
    found = shutil.which(name, path=assets) or shutil.which(name)
    if not found:
        pytest.skip(f"{name} is not on the PATH nor in KUBEBUILDER_ASSETS")
    return found


@dataclass(frozen=True)
class Program:
    """A command with its surroundings."""

    path: str
    kubeconfig: Path

    async def __call__(self, *arguments: str, given: str = "", fails: bool = False) -> str:
        """What it prints: on stdout, or on stderr when it is to fail."""
        process = await self._start(*arguments)
        out, err = await asyncio.wait_for(process.communicate(given.encode()), 60)
        assert (process.returncode != 0) is fails, (out + err).decode()
        return (err if fails else out).decode()

    @asynccontextmanager
    async def running(self, *arguments: str) -> AsyncGenerator[asyncio.StreamReader]:
        """Its stdout while it runs."""
        process = await self._start(*arguments)
        assert process.stdout
        try:
            async with asyncio.timeout(60):
                yield process.stdout
        finally:
            if process.returncode is None:
                process.terminate()
            await process.communicate()

    async def _start(self, *arguments: str) -> Process:
        environment = os.environ | {"KUBECONFIG": str(self.kubeconfig)}
        return await asyncio.create_subprocess_exec(
            self.path, *arguments, stdin=PIPE, stdout=PIPE, stderr=PIPE, env=environment
        )
