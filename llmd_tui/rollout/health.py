"""What a pod's state is called, as data: the answer of `llmd_tui.rollout.pods`."""

from dataclasses import dataclass, replace
from datetime import datetime

from llmd_tui.objects import Object
from llmd_tui.rollout.containers import Active, all_containers, ready_count, restarts
from llmd_tui.rollout.moment import node_of, owner_of
from llmd_tui.rollout.reading import created, labels_of, name_of, namespace_of, text
from llmd_tui.rollout.times import State, Step


@dataclass(frozen=True)
class PodHealth:
    """How a pod is.

    `word` is short enough for a table cell (`building`, `init 1/2`, `waits for driver`), `reason` a sentence fragment
    that may be empty. `waits_for` is equal for pods that wait for the same thing, and empty for those that wait for
    nothing. `since` is when this state began, where it is known. `container` is the one whose log tells most, `step`
    what is usual for what it does.
    """

    namespace: str
    name: str
    node: str
    owner_kind: str
    owner: str
    created: datetime | None
    ready: str
    restarts: int
    state: State = "pending"
    word: str = "pending"
    reason: str = ""
    waits_for: str = ""
    since: datetime | None = None
    container: str = ""
    step: Step | None = None

    def says(self, state: State, word: str, reason: str = "", *, since: datetime | None = None) -> "PodHealth":
        return replace(self, state=state, word=word, reason=reason, since=since or self.since)

    def takes(self, step: Step, word: str, reason: str, since: datetime | None, now: datetime) -> "PodHealth":
        """For something that takes time: how much is usual decides between running, slow and failed."""
        return replace(self.says(step.judge(since, now), word, reason, since=since), step=step)

    def waits(self, thing: str, reason: str = "", *, word: str = "", blocked: bool = False) -> "PodHealth":
        """For a thing by its short name. `blocked` when that has failed."""
        said = self.says("blocked" if blocked else "waiting", word or f"waits for {thing}", reason)
        return replace(said, waits_for=thing)


def blank(pod: Object, active: Active | None) -> PodHealth:
    """What is known of the pod before its state is judged."""
    ready, total = ready_count(pod)
    kind, owner = workload(pod)
    return PodHealth(
        namespace=namespace_of(pod),
        name=name_of(pod),
        node=node_of(pod),
        owner_kind=kind,
        owner=owner,
        created=created(pod),
        ready=f"{ready}/{total}",
        restarts=restarts(all_containers(pod)),
        since=(active.since if active else None) or created(pod),
        container=active.name if active else "",
    )


def workload(pod: Object) -> tuple[str, str]:
    """Kind and name of what made the pod; a ReplicaSet counts as the Deployment that it is a revision of."""
    owner = owner_of(pod)
    kind, name = text(owner.get("kind")), text(owner.get("name"))
    revision = text(labels_of(pod).get("pod-template-hash"))
    if kind == "ReplicaSet" and revision and name.endswith(f"-{revision}"):
        return "Deployment", name.removesuffix(f"-{revision}")
    return kind, name
