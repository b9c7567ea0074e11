"""The Run screen over 5,000 pods: opening, scrolling, 200 changed rows a second: python -m tests.benchmarks.pods"""

import asyncio
import random
import statistics
import sys
import time
from dataclasses import dataclass, field

from textual import events
from textual.pilot import Pilot

from llmd_tui.kube.store import Store
from llmd_tui.objects import Object
from screens.widgets.table import Table
from tests.run.town import Town
from tests.screens.run.stage import STANDING, Host, live

PODS = 5_000
NODES = 250
A_SECOND = 200
SECONDS = 20.0
SIZE = (200, 50)
TICK = 0.005


def pod(number: int, version: int, *, ready: bool) -> Object:
    conditions = [{"type": "Ready", "status": "True" if ready else "False"}, {"type": "PodScheduled", "status": "True"}]
    state = {"running": {"startedAt": "2026-01-01T00:00:00Z"}}
    container = {"name": "main", "ready": ready, "started": True, "restartCount": version % 5, "state": state}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": f"load-{number // 100:03}-7d9f8c6b5d-{number:05}",
            "namespace": f"ns-{number % 10}",
            "uid": f"uid-{number}",
            "resourceVersion": str(version),
            "creationTimestamp": "2026-01-01T00:00:00Z",
            "labels": {"app": f"load-{number // 100}"},
        },
        "spec": {"nodeName": f"node-{number % NODES}", "containers": [{"name": "main", "image": "i"}]},
        "status": {"phase": "Running", "conditions": conditions, "containerStatuses": [{**container, "image": "i"}]},
    }


def node(number: int) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": f"node-{number}", "uid": f"node-{number}", "labels": {}},
        "spec": {},
        "status": {"conditions": [{"type": "Ready", "status": "True"}]},
    }


@dataclass
class Stalls:
    """How late a timer of 5 ms comes: what the event loop was not free for, in milliseconds."""

    late: list[float] = field(default_factory=list[float])

    async def watch(self) -> None:
        while True:
            begun = time.perf_counter()
            await asyncio.sleep(TICK)
            self.late.append((time.perf_counter() - begun - TICK) * 1000)


def spread(values: list[float]) -> str:
    """Median, 95th percentile, most."""
    ordered = sorted(values)
    return f"{statistics.median(ordered):7.1f} {ordered[int(len(ordered) * 0.95)]:7.1f} {ordered[-1]:7.1f}"


def say(what: str, told: str) -> None:
    sys.stdout.write(f"{what:<46}{told}\n")
    sys.stdout.flush()


async def timed(pilot: Pilot[None], key: str, pods: Table) -> float:
    """Milliseconds from a key until the cursor has moved and been drawn."""
    before, begun, drawn = pods.cursor_key, time.perf_counter(), asyncio.Event()
    pilot.app.post_message(events.Key(key, None))
    while pods.cursor_key == before:  # noqa: ASYNC110 - nothing tells of it without taking time itself
        await asyncio.sleep(0)
    pods.call_after_refresh(drawn.set)
    await drawn.wait()
    return (time.perf_counter() - begun) * 1000


async def main() -> None:
    store = Store()
    spaces = [f"ns-{number}" for number in range(10)]
    host = Host(live(Town(STANDING), store, namespaces={"gpu-operator": spaces}))
    async with host.run_test(size=SIZE) as pilot:
        screen = host.run_screen
        for number in range(NODES):
            store.apply("Node", "ADDED", node(number))
        store.replace("Pod", [pod(number, 0, ready=True) for number in range(PODS)])
        made = time.perf_counter()
        while len(screen.pods.rows) < PODS:
            await pilot.pause(0.005)
        say("opening: 5,000 pods in the store to rows", f"{(time.perf_counter() - made) * 1000:7.1f} ms")
        screen.pods.focus()
        await pilot.pause(1)
        keys = ["pagedown", "down", "pagedown", "pageup", "end", "up", "home"]
        quiet = [await timed(pilot, key, screen.pods) for key in keys * 10]
        say("a key, nothing else happens: ms (p50 p95 max)", spread(quiet))
        stalls = Stalls()
        watching = asyncio.create_task(stalls.watch())
        changing = asyncio.create_task(change(store))
        cpu, wall = time.process_time(), time.perf_counter()
        latencies: list[float] = []
        while time.perf_counter() - wall < SECONDS:
            latencies.append(await timed(pilot, keys[len(latencies) % 3], screen.pods))
            await asyncio.sleep(0.2)
        used = (time.process_time() - cpu) / (time.perf_counter() - wall)
        watching.cancel()
        changing.cancel()
        say(f"a key while {A_SECOND} rows a second change: ms", spread(latencies))
        say("event loop late: ms (p50 p95 max)", spread(stalls.late))
        say("processor, of one core", f"{used * 100:7.1f} %")


async def change(store: Store) -> None:
    version = 0
    while True:
        version += 1
        for _ in range(A_SECOND // 20):
            number = random.randrange(PODS)
            store.apply("Pod", "MODIFIED", pod(number, version, ready=random.random() > 0.2))
        await asyncio.sleep(0.05)


if __name__ == "__main__":
    asyncio.run(main())
