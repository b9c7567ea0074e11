"""A run's diagnosis: watches its cluster and phases from the start of the run until it is closed."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

from llmd_tui.clock import Clock
from llmd_tui.diagnose.case import Case, LogKey, PhaseNow, Tail
from llmd_tui.diagnose.export import export
from llmd_tui.diagnose.finding import Finding
from llmd_tui.diagnose.steps import carry_out
from llmd_tui.diagnose.watcher import Watcher
from llmd_tui.errors import UserError
from llmd_tui.events import Event, FindingGone, FindingSeen
from llmd_tui.kube.logs import follow
from llmd_tui.kube.store import View
from llmd_tui.ours import GPU_NODES
from llmd_tui.plan.actions import Arm
from llmd_tui.plan.graph import Plan
from llmd_tui.presets.sizes import sizes
from llmd_tui.rollout.reading import labels_of
from llmd_tui.rollout.stages import NodeProgress, node_stages
from llmd_tui.run.found import Found
from llmd_tui.run.progress import PhaseProgress, RunProgress
from llmd_tui.run.surroundings import Surroundings

log = logging.getLogger(__name__)

AFTER_FAULT_SECONDS = 5.0
"""Wall time."""
OUTPUT = 20
"""Lines of a phase's commands that are looked at."""


class Diagnosis:
    """`hear` takes the run's events. `findings` are what is wrong, the worst first.

    What is found, and what is gone again, is told as events while the run goes on; what a person accepts, always.
    """

    def __init__(
        self,
        plan: Plan,
        surroundings: Surroundings,
        clock: Clock,
        *,
        emit: Callable[[Event], None],
        retry: Callable[[str], None],
    ) -> None:
        self._surroundings = surroundings
        self._clock = clock
        self._emit = emit
        self._retry = retry
        self._progress = RunProgress(plan)
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._doing: set[tuple[str, ...]] = set()
        self._accepted: dict[str, str] = {}
        self._watcher = Watcher(
            self._case, self._changed, self._read, clock, opened=self._tell_seen, closed=self._tell_gone
        )

    @property
    def findings(self) -> tuple[Finding, ...]:
        return self._watcher.findings

    @property
    def logs(self) -> dict[LogKey, Tail]:
        """The last lines of what is in trouble."""
        return self._watcher.tails.logs

    def hear(self, event: Event) -> None:
        self._progress.apply(event)
        self._news.set()

    def accept(self, waived: Iterable[Found]) -> None:
        """What somebody has accepted before, in another process, is not told anew."""
        self._accepted = {found.seen.id or found.seen.title: found.waived for found in waived}

    def start(self) -> None:
        """Once is enough."""
        if self._task is None:
            self._task = asyncio.create_task(self._watch(), name="diagnosis")

    async def _watch(self) -> None:
        """A fault of ours must end neither the run nor the looking: it goes to the run's log, once."""
        told = ""
        while True:
            try:
                await self._watcher.run()
            except Exception as error:
                if str(error) != told:
                    told = str(error)
                    log.exception("fault in the diagnosis")
                await asyncio.sleep(AFTER_FAULT_SECONDS)

    async def look(self) -> None:
        """Once, now; also after the end of the run."""
        await self._watcher.look()

    async def close(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def remedy(self, finding: Finding) -> str:
        """Does what the finding's remedy spells out, once at a time; says what was done. Raises UserError."""
        if finding.key in self._doing:
            raise UserError("This remedy is being done already.", "Wait for what it does.")
        self._doing.add(finding.key)
        try:
            done = await carry_out(finding, self._surroundings.cluster, self._retry)
            self._watcher.acted(finding)
            return done
        finally:
            self._doing.discard(finding.key)

    def waive(self, finding: Finding, reason: str) -> None:
        """It is known and accepted; the reason is kept in the journal."""
        self._watcher.waive(finding, reason)

    def export(self, finding: Finding, into: Path) -> Path:
        """Writes its evidence into a new directory below `into`, without secrets; returns that. Raises UserError."""
        return export(finding, self._surroundings.store, self.logs, into, redact=self._surroundings.redact)

    def _case(self, logs: dict[LogKey, Tail]) -> Case:
        now, plan = self._clock.now(), self._progress.plan
        view = self._surroundings.store.snapshot()
        phases = phases_now(self._progress, self._clock.time())
        return Case(view, now, logs=logs, phases=phases, stages=lambda: stages(plan, view, now))

    async def _changed(self) -> None:
        """News of the run or of its cluster."""
        self._news.clear()
        waits = [asyncio.ensure_future(self._news.wait()), asyncio.ensure_future(self._surroundings.changed())]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    async def _read(self, namespace: str, pod: str, container: str, *, previous: bool) -> list[str]:
        cluster = self._surroundings.cluster
        if cluster is None:
            return []
        lines = follow(cluster, namespace, pod, container, previous=previous, follow=False)
        return [line async for line in lines]

    def _tell_seen(self, finding: Finding) -> None:
        if self._goes_on:
            self._emit(seen(finding, self._clock.time()))
        if reason := self._accepted.pop(finding.id or finding.title, ""):
            self._watcher.waive(finding, reason)

    def _tell_gone(self, finding: Finding, reason: str) -> None:
        if reason and not self._progress.found.there(finding.id, finding.title):
            # It came after the end of the run.
            self._emit(seen(finding, self._clock.time()))
        if self._goes_on or reason:
            self._emit(FindingGone(self._clock.time(), finding.phase, finding.id, finding.title, reason))

    @property
    def _goes_on(self) -> bool:
        return self._progress.started is not None and self._progress.ended is None


def seen(finding: Finding, at: float) -> FindingSeen:
    """A finding as events tell it."""
    return FindingSeen(
        at=at,
        phase=finding.phase,
        id=finding.id,
        state=finding.state,
        title=finding.title,
        evidence=next((one.text for one in finding.evidence if one.decisive), ""),
        cause=finding.cause,
        remedy=finding.remedy.text,
        command=finding.remedy.command,
    )


def phases_now(progress: RunProgress, now: float) -> list[PhaseNow]:
    """The phases that go on or failed, as the diagnosis wants to know them."""
    return [_phase(progress, phase, now) for phase in progress.of("running", "failed")]


def _phase(progress: RunProgress, phase: PhaseProgress, now: float) -> PhaseNow:
    shown = phase.shown_state(now)
    elapsed = phase.elapsed(now) or 0.0
    began = phase.started
    if shown == "failed" and began is not None:
        began += elapsed
    return PhaseNow(
        name=phase.name,
        state="failed" if shown == "failed" else "slow" if shown == "slow" else "running",
        since=datetime.fromtimestamp(began, UTC) if began is not None else None,
        elapsed=elapsed,
        normal=phase.normal,
        slow=phase.slow,
        doing=phase.doing.partition("\n")[0],
        waits_for=phase.waits_for,
        error=phase.error,
        message=phase.message,
        remedy=phase.remedy,
        output=tuple(line for _, name, line in progress.output if name == phase.name)[-OUTPUT:],
        namespaces=progress.plan.by_name[phase.name].namespaces,
        in_azure=any(isinstance(action, Arm) for action in progress.plan.by_name[phase.name].actions),
    )


def stages(plan: Plan, view: View, now: datetime) -> list[NodeProgress]:
    """Where the GPU nodes stand, told from the plan alone."""
    names = plan.by_name
    strategy = "gpu-operator" if "gpu-operator" in names else "aks-managed-gpu" if "managed-gpu" in names else ""
    rdma = "network-operator" in names or "dranet" in names
    kinds = {
        str(labels_of(node).get("node.kubernetes.io/instance-type")) for node in view.all("Node", labels=GPU_NODES)
    }
    gpus = max((size.gpu.count for size in sizes() if size.name in kinds), default=1)
    return node_stages(view, labels=GPU_NODES, strategy=strategy or "aks-driver", rdma=rdma, gpus=gpus, now=now)
