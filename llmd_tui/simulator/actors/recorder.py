"""Events, as the components of Kubernetes write them: in the background, in order, repeated ones counted."""

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from llmd_tui.clock import Clock
from llmd_tui.kube.connection import Cluster, KubeError
from llmd_tui.kube.errors import Unreachable
from llmd_tui.objects import Object
from llmd_tui.simulator.actors.meta import micro, stamp

# client-go's spam filter: so many events of one source about one object, then one in so many seconds.
_BURST = 25
_REFILL_SECONDS = 300.0

log = logging.getLogger(__name__)


@dataclass
class _Series:
    """One line in `kubectl get events`: the same words from the same source about the same object."""

    namespace: str
    name: str
    count: int = 0


@dataclass
class _Budget:
    tokens: float = _BURST
    since: float = field(default=0)


class Recorder:
    def __init__(self, cluster: Cluster, clock: Clock) -> None:
        self._cluster = cluster
        self._clock = clock
        self._queue: asyncio.Queue[tuple[_Series, dict[str, Any]]] = asyncio.Queue()
        self._series: dict[tuple[str, ...], _Series] = {}
        self._budgets: dict[tuple[str, str, str], _Budget] = {}

    def event(
        self,
        about: Object,
        reason: str,
        message: str,
        *,
        component: str,
        host: str = "",
        warning: bool = False,
        field_path: str = "",
    ) -> None:
        """Notes an event for writing. `field_path` names the container, as in `spec.containers{epp}`."""
        meta = about["metadata"]
        budget = (component, host, meta["uid"])
        if not self._allowed(budget):
            return
        key = (*budget, reason, message, field_path)
        # Events about cluster-scoped objects live in the default namespace.
        space = meta.get("namespace") or "default"
        series = self._series.setdefault(key, _Series(space, f"{meta['name']}.{uuid4().hex[:16]}"))
        now = self._clock.now()
        source = {"component": component} | ({"host": host} if host else {})
        event: dict[str, Any] = {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {"name": series.name, "namespace": space},
            "involvedObject": _reference(about) | ({"fieldPath": field_path} if field_path else {}),
            "reason": reason,
            "message": message,
            "type": "Warning" if warning else "Normal",
            "source": source,
            "firstTimestamp": stamp(now),
            "lastTimestamp": stamp(now),
            "count": 1,
            "eventTime": None,
            "reportingComponent": component,
            "reportingInstance": host,
        }
        self._queue.put_nowait((series, event))

    def scheduler(self, about: Object, reason: str, message: str, action: str, *, warning: bool = False) -> None:
        """The scheduler writes the newer kind: no count, no source, the time in `eventTime`."""
        meta = about["metadata"]
        series = _Series(meta["namespace"], f"{meta['name']}.{uuid4().hex[:16]}")
        event: dict[str, Any] = {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {"name": series.name, "namespace": series.namespace},
            "involvedObject": _reference(about),
            "reason": reason,
            "message": message,
            "type": "Warning" if warning else "Normal",
            "source": {},
            "eventTime": micro(self._clock.now()),
            "action": action,
            "reportingComponent": "default-scheduler",
            "reportingInstance": "default-scheduler-control-plane",
        }
        self._queue.put_nowait((series, event))

    def _allowed(self, key: tuple[str, str, str]) -> bool:
        now = self._clock.time()
        budget = self._budgets.setdefault(key, _Budget(since=now))
        budget.tokens = min(_BURST, budget.tokens + (now - budget.since) / _REFILL_SECONDS)
        budget.since = now
        if budget.tokens < 1:
            return False
        budget.tokens -= 1
        return True

    async def run(self) -> None:
        while True:
            series, event = await self._queue.get()
            # An event that cannot be written is lost, in real clusters too.
            with suppress(KubeError, Unreachable):
                await self._write(series, event)
            self._queue.task_done()

    async def written(self) -> None:
        """Waits until everything that was said so far has been written."""
        await self._queue.join()

    async def _write(self, series: _Series, event: dict[str, Any]) -> None:
        series.count += 1
        if series.count == 1:
            await self._cluster.create(event)
            return
        again = {"count": series.count, "lastTimestamp": event["lastTimestamp"]}
        await self._cluster.patch("v1", "Event", series.name, again, series.namespace)


def _reference(obj: Object) -> dict[str, Any]:
    meta = obj["metadata"]
    reference = {"apiVersion": obj["apiVersion"], "kind": obj["kind"], "name": meta["name"], "uid": meta["uid"]}
    reference["resourceVersion"] = meta.get("resourceVersion", "")
    return reference | ({"namespace": meta["namespace"]} if "namespace" in meta else {})
