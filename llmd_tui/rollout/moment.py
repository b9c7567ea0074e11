"""One moment of a watched cluster, with what the judgements look up again and again."""

from collections import defaultdict
from datetime import UTC, datetime
from functools import cached_property

from llmd_tui.kube.store import View
from llmd_tui.objects import Object
from llmd_tui.rollout.reading import created, deleted, dig, holds, listed, mapping, name_of, namespace_of, text
from llmd_tui.rollout.roles import role_of
from llmd_tui.rollout.sightings import event_time, pulled

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Moment:
    """Indexes over a view that must not change while this is in use; each is built when first asked for."""

    def __init__(self, view: View, now: datetime) -> None:
        self.view = view
        self.now = now

    @cached_property
    def nodes(self) -> dict[str, Object]:
        """By name."""
        return {name_of(node): node for node in self.view.all("Node")}

    @cached_property
    def pods(self) -> dict[tuple[str, str], list[Object]]:
        """The driver stack's pods by node and role, the one that counts first: not deleted, then the newest."""
        found: dict[tuple[str, str], list[Object]] = defaultdict(list)
        for pod in self.view.all("Pod"):
            role = role_of(pod)
            if role and node_of(pod):
                found[node_of(pod), role].append(pod)
        for pods in found.values():
            pods.sort(key=lambda pod: (deleted(pod) is None, created(pod) or _LONG_AGO), reverse=True)
        return dict(found)

    def pod(self, node: str, role: str) -> Object | None:
        """The driver stack's pod of that role on that node."""
        return next(iter(self.pods.get((node, role), ())), None)

    @cached_property
    def daemonsets(self) -> dict[str, list[Object]]:
        """The driver stack's DaemonSets by the role of their pods."""
        found: dict[str, list[Object]] = defaultdict(list)
        for daemonset in self.view.all("DaemonSet"):
            role = role_of(mapping(dig(daemonset, "spec", "template")))
            if role:
                found[role].append(daemonset)
        return dict(found)

    @cached_property
    def features(self) -> dict[str, datetime | None]:
        """When node feature discovery first told of each node."""
        return {name_of(feature): created(feature) for feature in self.view.all("NodeFeature")}

    @cached_property
    def events(self) -> dict[str, list[Object]]:
        """By the uid of the object that they are about, oldest first."""
        found: dict[str, list[Object]] = defaultdict(list)
        for event in self.view.all("Event"):
            uid = text(dig(event, "involvedObject", "uid"))
            if uid:
                found[uid].append(event)
        for events in found.values():
            events.sort(key=lambda event: event_time(event) or _LONG_AGO)
        return dict(found)

    def events_of(self, obj: Object) -> list[Object]:
        """Oldest first."""
        return self.events.get(text(dig(obj, "metadata", "uid")), [])

    @cached_property
    def pull_times(self) -> dict[str, float]:
        """Seconds that the latest pull of each image took, on whatever node."""
        found: dict[str, float] = {}
        for event in sorted(self.view.all("Event"), key=lambda event: event_time(event) or _LONG_AGO):
            one = pulled(event)
            if one:
                found[one[0]] = one[1]
        return found

    def job_of(self, pod: Object) -> Object | None:
        owner = owner_of(pod)
        if owner.get("kind") != "Job":
            return None
        return self.view.get("Job", text(owner.get("name")), namespace_of(pod))


def node_of(pod: Object) -> str:
    """The name of the node that it was scheduled to; empty before."""
    return text(dig(pod, "spec", "nodeName"))


def owner_of(obj: Object) -> Object:
    """The owner reference of its controller; empty where there is none."""
    owners = listed(dig(obj, "metadata", "ownerReferences"))
    return next((owner for owner in owners if owner.get("controller")), mapping(None))


def pod_ready(pod: Object | None) -> bool:
    """Whether its condition says so and nobody has deleted it."""
    return pod is not None and deleted(pod) is None and holds(pod, "Ready")


def node_ready(node: Object | None) -> bool:
    return node is not None and deleted(node) is None and holds(node, "Ready")
