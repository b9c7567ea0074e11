"""The simulated Azure and a cluster, in a thread of their own: questions are asked outside of any loop."""

import asyncio
import threading
from collections.abc import Coroutine, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from llmd_tui.clock import Clock
from llmd_tui.kube.connection import Cluster
from llmd_tui.presets.scenarios import scenario
from llmd_tui.simulator import kubernetes
from llmd_tui.simulator.arm import ArmServer, Cloud, serve


class Background:
    """An event loop in a thread."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()

    def run(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(30)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


@contextmanager
def background() -> Generator[Background]:
    made = Background()
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def azure(monkeypatch: pytest.MonkeyPatch) -> Generator[ArmServer]:
    """With nothing in it."""
    clock = Clock(speed=6000)
    with background() as thread:
        arm: ArmServer = thread.run(serve(clock, Cloud(scenario().azure, clock)))
        monkeypatch.setenv("LLMD_TUI_ARM_ENDPOINT", arm.url)
        try:
            yield arm
        finally:
            thread.run(arm.close())


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[str]:
    """A kubeconfig context, its cluster with two GPU nodes."""
    config = tmp_path / "kubeconfig"
    with background() as thread:
        server: Any = thread.run(kubernetes.serve(Clock()))
        server.kubeconfig(config)
        context: str = thread.run(_fill(config))
        monkeypatch.setenv("KUBECONFIG", str(config))
        try:
            yield context
        finally:
            thread.run(server.close())


async def _fill(config: Path) -> str:
    async with await Cluster.connect(config) as connected:
        for name in ("a", "b"):
            labels = {"node.kubernetes.io/instance-type": "Standard_ND96isr_H100_v5"}
            await connected.create({"apiVersion": "v1", "kind": "Node", "metadata": {"name": name, "labels": labels}})
        return connected.context
