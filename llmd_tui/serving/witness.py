"""Which pods gave an answer. No header tells, so the model servers' own counters are read before and after."""

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from llmd_tui.clock import Clock
from llmd_tui.errors import UserError
from llmd_tui.kube.forward import forward
from llmd_tui.kube.store import View
from llmd_tui.rollout.reading import name_of
from llmd_tui.serving.entrance import Reached, ready_pods

SECONDS = 3.0
"""On the wall, for all pods together: who answered is not worth a longer wait."""
MOST = 32
"""Pods; with more of them this would be a load of its own."""
_TOKENS = re.compile(r"^vllm:generation_tokens_total\{[^}]*\}\s+([0-9.eE+]+)", re.MULTILINE)

Counts: TypeAlias = Mapping[str, float]
"""Tokens that each pod has made; one that prefills makes one for each request."""


@dataclass(frozen=True)
class Served:
    """Pods by name. Empty where nobody can tell: other traffic at the same time, metrics that are not readable."""

    prefill: str = ""
    decode: str = ""


@dataclass(frozen=True)
class Role:
    """`name` is prefill, decode or another; `port` is where its pods serve metrics."""

    name: str
    labels: Mapping[str, str]
    port: int


class Witness:
    """Of the model servers in one namespace."""

    def __init__(
        self, reached: Reached, view: Callable[[], View], clock: Clock, namespace: str, roles: Sequence[Role]
    ) -> None:
        self._reached = reached
        self._view = view
        self._clock = clock
        self._namespace = namespace
        self._roles = roles

    async def look(self) -> Counts | None:
        """None when it cannot be told."""
        pods = {pod: role.port for role in self._roles for pod in self._pods(role)}
        if not pods or len(pods) > MOST:
            return None
        try:
            async with asyncio.timeout(SECONDS):
                counts = await asyncio.gather(*(self._tokens(pod, port) for pod, port in pods.items()))
        except (TimeoutError, OSError, UserError):
            return None
        return dict(zip(pods, counts, strict=True))

    async def served(self, before: Counts) -> Served:
        """Who has made tokens since then, as the only one of its role."""
        after = await self.look()
        if after is None:
            return Served()
        by = {role.name: self._one(role, before, after) for role in self._roles}
        return Served(by.get("prefill", ""), by.get("decode", "") or next((pod for pod in by.values() if pod), ""))

    def _one(self, role: Role, before: Counts, after: Counts) -> str:
        more = {pod: after[pod] - before.get(pod, after[pod]) for pod in self._pods(role) if pod in after}
        rose = [pod for pod, count in more.items() if count > 0]
        return rose[0] if len(rose) == 1 else ""

    def _pods(self, role: Role) -> list[str]:
        return [name_of(pod) for pod in ready_pods(self._view(), self._namespace, role.labels, self._clock.now())]

    async def _tokens(self, pod: str, port: int) -> float:
        import aiohttp

        cluster = self._reached()
        if cluster is None:
            raise UserError("There is no connection to the cluster.")
        try:
            async with (
                forward(cluster, self._namespace, pod, port) as (host, local),
                aiohttp.ClientSession() as session,
                session.get(f"http://{host}:{local}/metrics") as response,
            ):
                return sum(float(found) for found in _TOKENS.findall(await response.text()))
        except aiohttp.ClientError as error:
            raise ConnectionError(str(error)) from error
