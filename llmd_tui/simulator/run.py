"""Both simulators and all actors, until somebody stops them.

python -m llmd_tui.simulator.run [SCENARIO] [--speed N] [--record FILE] [--state FILE]
"""

import argparse
import asyncio
import json
import os
import signal
import stat
import sys
import tempfile
from collections.abc import AsyncGenerator, Callable, Generator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from llmd_tui.errors import UserError
from llmd_tui.kube.connection import Cluster
from llmd_tui.objects import Object
from llmd_tui.presets.scenarios import scenario as scenario_named
from llmd_tui.simulator import state as saved
from llmd_tui.simulator.actors.aks import Aks
from llmd_tui.simulator.actors.cast import playing
from llmd_tui.simulator.arm import Cloud
from llmd_tui.simulator.arm import serve as serve_arm
from llmd_tui.simulator.kubernetes import serve as serve_kubernetes
from llmd_tui.simulator.manifests import write_manifests


@dataclass(frozen=True)
class Simulation:
    """Where everything is: two URLs, a kubeconfig, a command that stands in for helm, a directory of manifests.

    `clock` is `START,SPEED`, for `Clock.parse`.
    """

    arm: str
    kubeconfig: str
    helm: str
    manifests: str
    clock: str


@asynccontextmanager
async def simulation(
    scenario: str = "smooth", speed: float = 60, record: Path | None = None, state: Path | None = None
) -> AsyncGenerator[Simulation]:
    """Runs for as long as the context lasts and leaves nothing behind, but `state` when it is given.

    `record` gets every request to either server, as a line of JSON. `state` is where an earlier simulation left off
    and where this one will. Raises UserError for an unknown scenario.
    """
    chosen = scenario_named(scenario)
    before = saved.load(state)
    clock = saved.clock(before, speed)
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="llmd-tui-simulator-")))
        note = stack.enter_context(_recorder(record)) if record else None
        kubernetes = await serve_kubernetes(clock, record=note)
        stack.push_async_callback(kubernetes.close)
        kubeconfig = folder / "kubeconfig"
        kubernetes.kubeconfig(kubeconfig)
        cluster = await stack.enter_async_context(await Cluster.connect(kubeconfig))
        if before:
            saved.restore_objects(kubernetes, before)
        world = await stack.enter_async_context(playing(cluster, clock, chosen))
        aks = Aks(world)
        stack.push_async_callback(aks.close)
        cloud = Cloud(chosen.azure, clock, kubeconfig=kubeconfig.read_bytes())

        async def on_nodes(pool: Object, count: int) -> None:
            await aks.scale(pool, count, _region(cloud, pool))

        cloud.on_nodes = on_nodes
        arm = await serve_arm(clock, cloud, record=note)
        stack.push_async_callback(arm.close)
        if before:
            saved.restore_cloud(cloud, before)
        write_manifests(folder / "manifests")
        helm = f"{sys.executable} -m llmd_tui.simulator.helm"
        try:
            yield Simulation(arm.url, str(kubeconfig), helm, str(folder / "manifests"), str(clock))
        finally:
            if state:
                saved.save(state, clock, kubernetes, cloud)


@contextmanager
def _recorder(path: Path) -> Generator[Callable[[Mapping[str, Any]], Any]]:
    """Writes what it is told as lines of JSON."""
    with path.open("a", encoding="utf-8", buffering=1) as file:
        yield lambda line: file.write(json.dumps(line) + "\n")


def _region(cloud: Cloud, pool: Object) -> str:
    """Where the pool's cluster is; pools do not say."""
    wanted = str(pool.get("id", "")).lower()
    found = (c.location for c in cloud.clusters.values() if wanted.startswith(str(c.resource["id"]).lower()))
    return next(found, next(iter(cloud.azure.regions)))


async def simulate(
    scenario: str = "smooth", speed: float = 60, record: Path | None = None, state: Path | None = None
) -> None:
    """Tells on stdout where everything is, and runs until SIGTERM or SIGINT, or until a parent's pipe breaks."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    _watch_parent(loop, stop)
    async with simulation(scenario, speed, record, state) as running:
        sys.stdout.write(json.dumps(asdict(running)) + "\n")
        sys.stdout.flush()
        await stop.wait()


def _watch_parent(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """A pipe on stdin is held open by whoever started us, and ends with them however they end."""
    with suppress(OSError, ValueError):
        if stat.S_ISFIFO(os.fstat(sys.stdin.fileno()).st_mode):
            loop.add_reader(sys.stdin.fileno(), stop.set)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="The simulators alone, until stopped.")
    parser.add_argument("scenario", nargs="?", default="smooth")
    parser.add_argument("--speed", type=float, default=60)
    parser.add_argument("--record", type=Path, help="write every request as a line of JSON")
    parser.add_argument("--state", type=Path, help="go on from this file, and leave there what is at the end")
    parsed = parser.parse_args(arguments)
    try:
        asyncio.run(simulate(parsed.scenario, parsed.speed, parsed.record, parsed.state))
    except UserError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
