"""The commands that a rollout needs, and the token: what is there, in which version."""

import asyncio
import json
import os
import re
import shlex
import shutil
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from llmd_tui.processes import end

PATIENCE = 10.0
"""Seconds for a command to say its version."""


@dataclass(frozen=True)
class Tool:
    """`state` is ok, lacking (something will not work) or absent (something that not everybody needs)."""

    state: Literal["ok", "absent", "lacking"]
    words: str


async def kubectl() -> Tool:
    """Only people need it: this program speaks to clusters itself."""
    said = await _said("kubectl", "version", "--client", "--output=json")
    if said is None:
        return Tool("absent", "missing, not needed here")
    with suppress(ValueError, KeyError, TypeError):
        version = str(json.loads(said)["clientVersion"]["gitVersion"])
        return Tool("ok", version.removeprefix("v").partition("-")[0])
    return Tool("absent", "does not say its version")


async def helm() -> Tool:
    command = shlex.split(os.environ.get("LLMD_TUI_HELM") or "helm")
    said = await _said(*command, "version", "--template={{.Version}}")
    if said is None:
        return Tool("lacking", "missing, 3 or 4 is needed")
    found = re.search(r"v?(\d+\.\d+(\.\d+)?)", said)
    return Tool("ok", found[1]) if found else Tool("lacking", "does not say its version")


async def kubelogin() -> Tool:
    return Tool("ok", "found") if shutil.which("kubelogin") else Tool("absent", "missing, only for Entra ID")


async def hugging_face() -> Tool:
    """The reference that holds when nobody says another."""
    return Tool("ok", "env:HF_TOKEN is set") if os.environ.get("HF_TOKEN") else Tool("absent", "env:HF_TOKEN not set")


TOOLS: Mapping[str, Callable[[], Awaitable[Tool]]] = {
    "kubectl": kubectl,
    "helm": helm,
    "kubelogin": kubelogin,
    "Hugging Face": hugging_face,
}


async def _said(*command: str) -> str | None:
    """What a command printed; None when it is not there, fails or does not end."""
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:
        return None
    try:
        async with asyncio.timeout(PATIENCE):
            said, _ = await process.communicate()
    except TimeoutError:
        return None
    finally:
        await end(process)
    return said.decode(errors="replace") if process.returncode == 0 else None
