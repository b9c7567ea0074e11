"""Plays a rollout on the simulators and keeps what the Run screens need of it at chosen moments.

    python -m tests.snapshots.record [NAME ...]     default: all; a minute each

A recording is made anew when the simulators or what the run looks at changed; the screens' own changes do not need it.
"""

import asyncio
import os
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from typing import Any

from llmd_tui.commands.simulation import simulation
from llmd_tui.draft.draft import Draft
from llmd_tui.events import Event
from llmd_tui.kube.errors import KubeError
from llmd_tui.kube.logs import follow
from llmd_tui.objects import Object, name, namespace
from llmd_tui.ours import GPU_NODES
from llmd_tui.render.jsonl import encode
from llmd_tui.rollout.stages import node_stages
from llmd_tui.run.run import Run
from screens.launch import launch
from screens.run.live import LiveRun
from tests.snapshots.recording import PRESET, Moment, Recording

SPEED = 60
LOOK_SECONDS = 0.05
"""Wall seconds between two looks."""
LONGEST_SECONDS = 300
LINES = 40


@dataclass(frozen=True)
class Play:
    """A scenario, and which moments of it are kept: in this order, each when it first holds."""

    scenario: str
    moments: dict[str, Callable[[Run, LiveRun], bool]]


def creating(_: Run, live: LiveRun) -> bool:
    """Azure makes the cluster; there is nothing to look at in it yet."""
    return _goes_on(live, "cluster", 100)


def building(_: Run, live: LiveRun) -> bool:
    """Drivers are being built: the nodes stand at different stages."""
    choice = live.choice
    nodes = node_stages(
        live.view(), labels=GPU_NODES, strategy=choice.strategy.name, rdma=choice.rdma,
        gpus=choice.size.gpu.count, now=live.now(),
    )  # fmt: skip
    states = [cell.state for node in nodes for cell in node.cells]
    seen = len(nodes) == choice.nodes and states.count("done") >= 2 * choice.nodes and "running" in states
    return seen and _goes_on(live, "gpu-operator", 170)


def loading(_: Run, live: LiveRun) -> bool:
    """The model servers load their weights."""
    return _goes_on(live, "model-server", 200)


def ended(_: Run, live: LiveRun) -> bool:
    return live.progress.ended is not None


def stuck(run: Run, live: LiveRun) -> bool:
    """The cause has been known for a while."""
    failed = [finding for finding in run.diagnosis.findings if finding.state == "failed" and finding.id]
    return any(one.since is not None and (live.now() - one.since).total_seconds() > 60 for one in failed)


def _goes_on(live: LiveRun, phase: str, seconds: float) -> bool:
    found = live.progress.phases[phase]
    return found.state == "running" and (found.elapsed(live.clock.time()) or 0) > seconds


PLAYS = {
    "smooth": Play("smooth", {"creating": creating, "building": building, "loading": loading, "done": ended}),
    "stuck": Play("peermem-fails", {"stuck": stuck}),
}


async def play(title: str) -> Recording:
    """The recording of a whole run."""
    kept, wanted = PLAYS[title], dict(PLAYS[title].moments)
    draft = Draft.begin(preset=PRESET)
    run, live = await launch(draft, kept.scenario)
    recording = Recording(asdict(run.clock)["start"], {}, [])
    heard: list[Event] = []
    running = asyncio.ensure_future(run.start())
    listening = asyncio.ensure_future(_listen(run, live, heard))
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            while wanted:
                await asyncio.sleep(LOOK_SECONDS)
                first = next(iter(wanted))
                if wanted[first](run, live):
                    recording.moments[first] = await _moment(run, live, len(heard))
                    del wanted[first]
                    print(f"{title}: {first}", flush=True)  # noqa: T201
                if live.progress.ended and wanted and not wanted[first](run, live):
                    failed = [f"{phase.name}: {phase.message}" for phase in live.progress.of("failed")]
                    raise RuntimeError(f"the run ended before {first}; failed: {failed}")
    finally:
        run.cancel()
        await asyncio.gather(running, listening)
        await run.close()
    return replace(recording, events=[encode(event) for event in heard])


async def _listen(run: Run, live: LiveRun, heard: list[Event]) -> None:
    async for event in run.events():
        heard.append(event)
        live.progress.apply(event)


async def _moment(run: Run, live: LiveRun, heard: int) -> Moment:
    at = live.clock.time()
    kinds = sorted(run.store._objects)
    objects = {kind: [_slim(found) for found in run.store.all(kind)] for kind in kinds}
    current = live.progress.current(at)
    watched = live.plan.by_name[current.name].namespaces if current else ()
    pods = [pod for pod in objects.get("Pod", []) if namespace(pod) in watched]
    logs = {key: lines for pod in pods for key, lines in await _logs(run, pod)}
    tails = {"/".join(key): (list(tail.lines), list(tail.previous)) for key, tail in run.diagnosis.logs.items()}
    return Moment(at, heard, objects, logs, tails)


async def _logs(run: Run, pod: Object) -> list[tuple[str, list[str]]]:
    """The last lines of every container that has begun, with their times."""
    cluster, found = run.surroundings.cluster, list[tuple[str, list[str]]]()
    assert cluster
    containers: list[Object] = pod["spec"]["containers"] + pod["spec"].get("initContainers", [])
    for container in containers:
        where = (str(namespace(pod)), name(pod), container["name"])
        with suppress(KubeError):
            lines = [line async for line in follow(cluster, *where, tail=LINES, follow=False, timestamps=True)]
            found.append(("/".join(where), lines))
    return found


def _slim(found: Object) -> Object:
    metadata: dict[str, Any] = {key: value for key, value in found["metadata"].items() if key != "managedFields"}
    return {**found, "metadata": metadata}


def main() -> None:
    for title in sys.argv[1:] or PLAYS:
        with tempfile.TemporaryDirectory() as home:
            os.environ.update(HOME=home, XDG_STATE_HOME=f"{home}/state", HF_TOKEN="simulated", TZ="UTC")
            with simulation(PLAYS[title].scenario, SPEED):
                asyncio.run(play(title)).save(title)


if __name__ == "__main__":
    main()
