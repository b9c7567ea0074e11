"""The helm command, version 3 or 4, as a port: what is installed, install or upgrade, repair, uninstall.

No `--wait`: Helm 4 would wait on custom resources too, and fail the release. Readiness is for others to watch.
`helm status` is never asked, because it prints secrets.
"""

import asyncio
import json
import os
import re
import shlex
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from llmd_tui.errors import UserError
from llmd_tui.processes import end

_GRACE = 10.0
"""Seconds between SIGTERM, after which helm marks the release failed, and SIGKILL, which leaves it stuck."""

_HOOKS = "15m"
"""How long a hook Job may take: its image has to be pulled first."""

_LINE = 2**20


class HelmError(UserError):
    """Helm ended with an exit code other than 0. `stderr` is all that it said there."""

    def __init__(self, message: str, remedy: str, stderr: str) -> None:
        super().__init__(message, remedy)
        self.stderr = stderr


@dataclass(frozen=True)
class Release:
    """`chart` is the chart's name, `status` helm's word: deployed, failed, pending-install, pending-upgrade ..."""

    name: str
    namespace: str
    chart: str
    version: str
    revision: int
    status: str


class Helm:
    """Helm on one cluster. `command` is how to call it (default: `LLMD_TUI_HELM` if set, else `helm`)."""

    def __init__(
        self, command: Sequence[str] | None = None, kubeconfig: Path | None = None, context: str | None = None
    ) -> None:
        self._command = [*(command or _named())]
        self._cluster = [f"--kubeconfig={kubeconfig}"] if kubeconfig else []
        self._cluster += [f"--kube-context={context}"] if context else []

    async def version(self) -> tuple[int, int]:
        """(major, minor). Raises UserError when there is no helm or what is there is none."""
        try:
            said = await self._output("version", "--template={{.Version}}")
        except HelmError as error:
            raise UserError(
                f"{shlex.join(self._command)} does not work: {_last_words(error.stderr)}.", _INSTALL
            ) from error
        found = re.search(r"v(\d+)\.(\d+)", said)
        if not found:
            raise UserError(
                f"{shlex.join(self._command)} does not look like helm: it says {said[:80].strip()!r}.", _INSTALL
            )
        return int(found[1]), int(found[2])

    async def release(self, name: str, namespace: str) -> Release | None:
        """The latest revision, in whatever state; None when there is none."""
        try:
            data = await self._get("metadata", name, namespace)
        except HelmError as error:
            if "release: not found" in error.stderr:
                return None
            raise
        return Release(name, namespace, data["chart"], data["version"], int(data["revision"]), data["status"])

    async def values(self, name: str, namespace: str) -> dict[str, Any]:
        """The values given to the latest revision, without the chart's own. They may be secret: never log them."""
        return await self._get("values", name, namespace) or {}

    async def is_current(
        self, release: str, namespace: str, chart: str, version: str, values: Mapping[str, Any]
    ) -> bool:
        """Whether `upgrade` with the same arguments has nothing to do.

        Helm itself would add a revision and run hook Jobs again, so ask this first.
        """
        found = await self.release(release, namespace)
        if found is None or found.status != "deployed":
            return False
        wanted = await self._identity(chart, version)
        if (found.chart, found.version.removeprefix("v")) != wanted:
            return False
        return await self.values(release, namespace) == json.loads(json.dumps(values))

    async def upgrade(
        self,
        release: str,
        namespace: str,
        chart: str,
        version: str,
        values: Mapping[str, Any],
        *,
        on_line: Callable[[str], None],
        repository: str | None = None,
    ) -> None:
        """Installs or upgrades a release, and the namespace if need be; `on_line` gets every line that helm prints.

        `chart` is a name in `repository` (https://...), an oci:// reference or a local path. A release that an
        interrupted helm left pending is repaired first. Raises HelmError when helm fails. When cancelled, helm is asked
        to stop, which takes it half a second and leaves the release `failed`, to be upgraded again.
        """
        await self._repair(release, namespace, on_line)
        arguments = ["upgrade", release, chart, "--install", f"--namespace={namespace}", "--create-namespace"]
        arguments += ["--reset-values", "--values=-", f"--timeout={_HOOKS}"]
        arguments += [f"--version={version}"] if version else []
        arguments += [f"--repo={repository}"] if repository else []
        await self._stream(arguments, release, namespace, on_line, json.dumps(values))

    async def uninstall(self, release: str, namespace: str, *, on_line: Callable[[str], None]) -> None:
        """Removes a release; one that is not there is removed already. Raises HelmError when helm fails."""
        if await self.release(release, namespace):
            arguments = ["uninstall", release, f"--namespace={namespace}", f"--timeout={_HOOKS}"]
            await self._stream(arguments, release, namespace, on_line)

    async def _repair(self, release: str, namespace: str, on_line: Callable[[str], None]) -> None:
        """Undoes what a killed helm left: until then it says that another operation is in progress."""
        found = await self.release(release, namespace)
        if found and found.status in ("pending-install", "uninstalling"):
            undo = "uninstall"
        elif found and found.status in ("pending-upgrade", "pending-rollback"):
            undo = "rollback"
        else:
            return
        on_line(f"{release} was left {found.status} by an interrupted helm; {undo} first")
        await self._stream([undo, release, f"--namespace={namespace}"], release, namespace, on_line)

    async def _identity(self, chart: str, version: str) -> tuple[str, str]:
        """Name and version (without v). A local chart has its own version whatever the caller asks for."""
        if await asyncio.to_thread(Path(chart).exists):
            described: Any = yaml.safe_load(await self._output("show", "chart", chart))
            return described["name"], str(described["version"]).removeprefix("v")
        return chart.rstrip("/").rpartition("/")[2], version.removeprefix("v")

    async def _get(self, what: str, name: str, namespace: str) -> Any:
        arguments = ["get", what, name, f"--namespace={namespace}", "--output=json"]
        try:
            return json.loads(await self._output(*arguments, *self._cluster))
        except ValueError as error:
            raise UserError(f"`helm get {what} {name}` does not print JSON.", _INSTALL) from error

    async def _output(self, *arguments: str) -> str:
        async with self._running(arguments) as process:
            stdout, stderr = await process.communicate()
        self._judge(process, arguments, stderr.decode(errors="replace"), "")
        return stdout.decode(errors="replace")

    async def _stream(
        self,
        arguments: Sequence[str],
        release: str,
        namespace: str,
        on_line: Callable[[str], None],
        stdin: str = "",
    ) -> None:
        errors: list[str] = []

        async def read(stream: asyncio.StreamReader, kept: list[str] | None) -> None:
            async for line in stream:
                text = line.decode(errors="replace").rstrip()
                on_line(text)
                if kept is not None:
                    kept.append(text)

        async with self._running([*arguments, *self._cluster]) as process:
            assert process.stdin and process.stdout and process.stderr
            with suppress(ConnectionError):  # Helm may refuse its arguments before it reads any values.
                process.stdin.write(stdin.encode())
                await process.stdin.drain()
            process.stdin.close()
            await asyncio.gather(read(process.stdout, None), read(process.stderr, errors))
            await process.wait()
        remedy = f"`helm history {release} --namespace {namespace}` shows what was tried; a new run takes it up again."
        self._judge(process, arguments, "\n".join(errors), remedy)

    def _judge(self, process: asyncio.subprocess.Process, arguments: Sequence[str], stderr: str, remedy: str) -> None:
        """By the exit code: helm warns on stderr on good runs too."""
        if process.returncode:
            raise HelmError(f"helm {' '.join(arguments[:2])} failed: {_last_words(stderr)}", remedy, stderr)

    @asynccontextmanager
    async def _running(self, arguments: Sequence[str]) -> AsyncGenerator[asyncio.subprocess.Process]:
        """Helm in a session of its own: a Ctrl+C in the terminal is for us, who end helm when we are cancelled."""
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command,
                *arguments,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                start_new_session=True,
                limit=_LINE,
            )
        except OSError as error:
            raise UserError(f"{self._command[0]} cannot be run: {error.strerror}.", _INSTALL) from error
        try:
            yield process
        except asyncio.CancelledError:
            with suppress(ProcessLookupError):
                process.terminate()
            with suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), _GRACE)
            raise
        finally:
            await end(process)


_INSTALL = "Install Helm 3 or 4 (https://helm.sh/docs/intro/install), or say in LLMD_TUI_HELM how to call it."


def _named() -> list[str]:
    """The command that the environment names."""
    text = os.environ.get("LLMD_TUI_HELM", "")
    try:
        return shlex.split(text) or ["helm"]
    except ValueError as error:
        raise UserError(f"LLMD_TUI_HELM is not a command: {text} ({error}).", _INSTALL) from error


def _last_words(stderr: str) -> str:
    """From the last `Error:` on, at most five lines."""
    _, found, words = stderr.rpartition("Error: ")
    lines = (words if found else stderr).strip().splitlines()
    return " ".join(line.strip() for line in (lines[:5] if found else lines[-5:])) or "it said nothing"
