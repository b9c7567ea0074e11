"""What is seen of a run's cluster, judged no oftener than it changes: for screens that look several times a second."""

import time
from collections.abc import Callable, Sequence

from llmd_tui.clock import Clock
from llmd_tui.kube.store import Store
from llmd_tui.ours import GPU_NODES
from llmd_tui.plan.choice import Choice
from llmd_tui.plan.graph import Plan
from llmd_tui.rollout.book import PodBook
from llmd_tui.rollout.health import PodHealth
from llmd_tui.rollout.news import Newsroom
from llmd_tui.rollout.stages import NodeProgress, Stage, node_stages, stages_of
from llmd_tui.run.progress import RunProgress

AGAIN_SECONDS = 1.0
"""So often everything is judged though nothing changed, on the wall: what takes long becomes slow by itself."""
SHARE = 4
"""A judgement's own time, this often, passes before the next one."""


class Sight:
    """`look` judges; the rest is what it found. News goes to `progress`."""

    def __init__(
        self, plan: Plan, choice: Choice, progress: RunProgress, view: Callable[[], Store], clock: Clock
    ) -> None:
        self.locked = "locked-memory" in plan.by_name
        self.nodes: list[NodeProgress] = []
        self.pods: list[PodHealth] = []
        self._plan = plan
        self._choice = choice
        self._progress = progress
        self._view = view
        self._clock = clock
        self._book = PodBook()
        self._newsroom = Newsroom()
        self._changed = -1
        self._namespaces: tuple[str, ...] | None = None
        self._looked = -AGAIN_SECONDS
        self._took = 0.0

    @property
    def stages(self) -> tuple[Stage, ...]:
        return stages_of(self._choice.strategy.name, self._choice.rdma, locked=self.locked)

    @property
    def behind(self) -> bool:
        """Whether there was more to judge than one look may take."""
        return self._book.behind

    def namespaces(self, phase: str) -> tuple[str, ...]:
        """Of a phase, and of those that it goes along with."""
        own = self._plan.by_name[phase]
        beside = (name for other in own.after for name in self._plan.by_name[other].namespaces)
        return tuple(dict.fromkeys((*own.namespaces, *beside)))

    @property
    def all_namespaces(self) -> tuple[str, ...]:
        """Of the whole plan, in its order."""
        return tuple(dict.fromkeys(name for phase in self._plan.phases for name in phase.namespaces))

    def look(self, namespaces: Sequence[str]) -> bool:
        """Judges the nodes, and the pods of these namespaces. Returns whether there was anything to judge."""
        view, begun = self._view(), time.monotonic()
        if tuple(namespaces) == self._namespaces and not self.behind:
            pause = SHARE * self._took
            if begun - self._looked < (pause if view.changed != self._changed else max(AGAIN_SECONDS, pause)):
                return False
        self._changed, self._namespaces = view.changed, tuple(namespaces)
        now = self._clock.now()
        self.nodes = node_stages(
            view,
            labels=GPU_NODES,
            strategy=self._choice.strategy.name,
            rdma=self._choice.rdma,
            gpus=self._choice.size.gpu.count,
            now=now,
            locked=self.locked,
        )
        self.pods = self._book.look(view, namespaces, now)
        for news in self._newsroom.look(self.nodes, now):
            self._progress.tell(news.at.timestamp(), news.text)
        self._looked = time.monotonic()
        self._took = self._looked - begun
        return True
