"""The Run screen over the real scheduler and a small world."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from textual.app import App
from textual.pilot import Pilot

from llmd_tui.clock import Clock
from llmd_tui.config.answers import Answers
from llmd_tui.kube.store import Store
from llmd_tui.objects import Object
from llmd_tui.plan.choose import choose
from llmd_tui.run.scheduler import Scheduler
from screens.app import LlmdApp
from screens.glyphs import Symbols
from screens.run.live import LiveRun
from screens.run.run import RunScreen
from tests.answers import KUBECONFIG
from tests.pilots import text, until
from tests.run.town import Sketch, Step, Town, plan_of

ROOT = Path(__file__).parents[3]
SKETCHES = (
    Sketch("access", (Step(0.1),), lag=0.1),
    Sketch("gpu-operator", (Step(0.3),), lag=0.1, needs=("access",)),
    Sketch("workspace", (Step(0.1),), lag=0.1, needs=("access",)),
    Sketch("model-server", (Step(0.2),), lag=0.1, needs=("gpu-operator", "workspace")),
)
STANDING = (Sketch("access", (Step(0.01),), lag=0.01), Sketch("gpu-operator", (Step(1e6),), needs=("access",)))
"""A run that stays at one phase for as long as anybody looks."""


class Host(App[None]):
    CSS_PATH = ROOT / "screens" / "app.tcss"
    HORIZONTAL_BREAKPOINTS = LlmdApp.HORIZONTAL_BREAKPOINTS
    VERTICAL_BREAKPOINTS = LlmdApp.VERTICAL_BREAKPOINTS

    def __init__(self, live: LiveRun, symbols: Symbols | None = None) -> None:
        super().__init__()
        self.run_screen = RunScreen(live, symbols or Symbols())

    def on_mount(self) -> None:
        self.push_screen(self.run_screen)

    @property
    def text(self) -> str:
        """What the terminal shows."""
        return text(self)


def pod(name: str, namespace: str = "ns", *, ready: bool = True, **metadata: Any) -> Object:
    container = {
        "name": "c",
        "ready": ready,
        "started": True,
        "restartCount": 0,
        "state": {"running": {}},
        "image": "i",
    }
    born = "2026-01-01T00:00:00Z"
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": namespace, "uid": name, "creationTimestamp": born, **metadata},
        "spec": {"containers": [{"name": "c", "image": "i"}], "nodeName": "n"},
        "status": {
            "phase": "Running",
            "containerStatuses": [container],
            "conditions": [{"type": "Ready", "status": "True" if ready else "False", "lastTransitionTime": born}],
        },
    }


def event(name: str, reason: str, message: str, of: Object, at: str = "2026-01-01T00:01:00Z") -> Object:
    """Of a pod."""
    metadata = of["metadata"]
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": name, "namespace": metadata["namespace"], "uid": f"event-{name}"},
        "type": "Warning",
        "reason": reason,
        "message": message,
        "lastTimestamp": at,
        "involvedObject": {"kind": "Pod", "name": metadata["name"], "uid": metadata["uid"]},
    }


async def log(namespace: str, pod: str, container: str, *, previous: bool = False) -> AsyncIterator[str]:
    lines = ("\x1b[31mred\x1b[0m [bold]no markup[/bold]", "x" * 10_000, "10%\r20%\r100%")
    for line in ("before its restart",) if previous else lines:
        yield line
    await asyncio.Event().wait()


def live(
    town: Town,
    store: Store | None = None,
    *,
    namespaces: Mapping[str, Sequence[str]] | None = None,
    clock: Clock | None = None,
    **more: Any,
) -> LiveRun:
    """`namespaces` by phase; `more` are fields of LiveRun."""
    clock = clock or Clock()
    plan = plan_of(town.sketches)
    own = namespaces or {}
    plan = replace(plan, phases=tuple(replace(p, namespaces=tuple(own.get(p.name, ()))) for p in plan.phases))
    scheduler = Scheduler(plan, town, clock, name="llmd-h100")

    async def start() -> None:
        await scheduler.start()

    fields: dict[str, Any] = {"follow": log} | more
    return LiveRun(
        plan=plan,
        choice=choose(Answers.parse(KUBECONFIG, "answers.yaml").config()),
        control=scheduler,
        view=lambda: store or town.view,
        start=start,
        clock=clock,
        name="llmd-h100",
        **fields,
    )


async def said(pilot: Pilot[None], screen: RunScreen, words: str) -> None:
    """Waits until the verdict holds these words."""
    line = screen.verdict_line
    await until(pilot, lambda: words in f"{line.verdict.sentence} {line.verdict.usual}", lambda: line.verdict)
