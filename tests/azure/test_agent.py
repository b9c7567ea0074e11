"""The run's agent: what is not answered when it closes, and what nobody can read."""

import asyncio
import json
import os
from typing import Any

from llmd_tui.azure.agent import Agent
from llmd_tui.azure.person import PersonLogin, _Asking
from llmd_tui.azure.shared import Shared


class Silent:
    """Somebody would have to log in, and does not."""

    def __init__(self) -> None:
        self.asked, self.given_up = asyncio.Event(), False

    async def get_token_info(self, *_: str, **__: Any) -> Any:
        self.asked.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.given_up = True
        raise AssertionError

    async def close(self) -> None:
        """Nothing is open."""


async def test_who_waits_for_a_token_hears_when_the_run_is_over() -> None:
    silent = Silent()
    agent = Agent(Shared(lambda: silent))
    await agent.start()
    reader, writer = await asyncio.open_unix_connection(os.environ["LLMD_TUI_LOGIN_SOCKET"])
    writer.write(b"scope\n")
    await silent.asked.wait()
    await agent.close()
    assert silent.given_up, "nobody goes on asking"
    assert await reader.read() == b""
    writer.close()
    assert [task.get_name() for task in asyncio.all_tasks() if task is not asyncio.current_task()] == []


async def test_what_cannot_be_read_is_answered() -> None:
    agent = Agent(Shared(Silent))
    await agent.start()
    for said in (b"\xff\xfe\n", b"x" * 100_000 + b"\n"):
        reader, writer = await asyncio.open_unix_connection(os.environ["LLMD_TUI_LOGIN_SOCKET"])
        writer.write(said)
        assert "cannot be read" in json.loads(await reader.readline())["error"]
        writer.close()
    await agent.close()


async def test_a_login_always_comes_to_an_answer() -> None:
    """A future refuses StopIteration: whoever waits for it would wait for ever."""
    loop = asyncio.get_running_loop()
    asking = _Asking(None, loop, loop.create_future())
    asking.settle(None, StopIteration())
    async with asyncio.timeout(10):
        (error,) = await asyncio.gather(asking.answer, return_exceptions=True)
    assert isinstance(error, RuntimeError)
    assert PersonLogin("browser", "https://x", "t").tenant == "t"
