"""Processes that a run starts ask it for tokens: a login by a person may live in this process alone.

Over a socket in a folder that nobody but the user can enter; helm and kubectl get there by the kubeconfig's exec entry.
"""

import asyncio
import json
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from llmd_tui.errors import UserError

if TYPE_CHECKING:
    from llmd_tui.azure.shared import Shared

SOCKET_VARIABLE = "LLMD_TUI_LOGIN_SOCKET"
SECONDS = 60.0
"""How long a child waits for an answer; somebody may have to log in."""


class Agent:
    """Gives tokens of a login to children of this process, which find it by their environment, until it is closed."""

    def __init__(self, login: "Shared") -> None:
        self._login = login
        self._folder = Path(tempfile.mkdtemp(prefix="llmd-tui-"))
        self._server: asyncio.Server | None = None
        self._answering: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Nothing happens where there are no such sockets."""
        if not hasattr(asyncio, "start_unix_server"):
            return
        path = self._folder / "login"
        self._server = await asyncio.start_unix_server(self._answer, path)
        os.environ[SOCKET_VARIABLE] = str(path)

    async def close(self) -> None:
        if self._server:
            self._server.close()
            self._server = None
            os.environ.pop(SOCKET_VARIABLE, None)
        # Somebody may still have to log in for a child that waits: it hears that nobody answers.
        for task in self._answering:
            task.cancel()
        await asyncio.gather(*self._answering, return_exceptions=True)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._give(reader, writer), name="lend a token")
        self._answering.add(task)
        task.add_done_callback(self._answering.discard)

    async def _give(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(OSError):
                writer.write(json.dumps(await self._token(reader)).encode() + b"\n")
                await writer.drain()
        finally:
            writer.close()

    async def _token(self, reader: asyncio.StreamReader) -> dict[str, Any]:
        from llmd_tui.azure.errors import explained

        try:
            scope = (await reader.readline()).decode().strip()
            with explained("give a token"):
                token = await self._login.get_token_info(scope)
        except UserError as error:
            return {"error": error.message, "remedy": error.remedy}
        except ValueError:
            return {"error": "The request for a token cannot be read.", "remedy": "Is another program asking?"}
        return {"token": token.token, "expires_on": token.expires_on}


async def lent(scope: str) -> tuple[str, int] | None:
    """A token of the run that started this process, and when it expires; None where there is no such run.

    Raises UserError for what the run says.
    """
    path = os.environ.get(SOCKET_VARIABLE)
    if not path:
        return None
    try:
        async with asyncio.timeout(SECONDS):
            reader, writer = await asyncio.open_unix_connection(path)
            writer.write(scope.encode() + b"\n")
            answer: dict[str, Any] = json.loads(await reader.readline())
            writer.close()
    except (OSError, ValueError, TimeoutError):
        return None
    if "error" in answer:
        raise UserError(answer["error"], answer["remedy"])
    return answer["token"], answer["expires_on"]
