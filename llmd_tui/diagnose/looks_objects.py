"""Looks at events and at objects of any kind."""

from collections.abc import Callable, Iterator, Mapping

from llmd_tui.diagnose.case import Case
from llmd_tui.diagnose.finding import Subject
from llmd_tui.diagnose.hits import Hit
from llmd_tui.diagnose.looks import fresh, lasts, search
from llmd_tui.diagnose.words import clean
from llmd_tui.objects import Object
from llmd_tui.presets.failures import EventLook, ObjectLook
from llmd_tui.rollout.moment import node_of, node_ready, pod_ready
from llmd_tui.rollout.reading import (
    changed,
    condition_of,
    created,
    dig,
    holds,
    listed,
    name_of,
    namespace_of,
    number,
    part,
)
from llmd_tui.rollout.reading import text as words_of
from llmd_tui.rollout.sightings import event_time
from llmd_tui.rollout.waits_workloads import counts


def by_event(look: EventLook, case: Case) -> Iterator[Hit]:
    """The latest event for each object that is still there and still not well."""
    latest: dict[tuple[str, str, str], tuple[Object, str, Mapping[str, str]]] = {}
    seen = [event for reason in look.reasons for event in case.events.get(reason, ())]
    for event in sorted(seen, key=lambda event: event_time(event) or case.now):
        about = part(event, "involvedObject")
        if (look.kinds and about.get("kind") not in look.kinds) or not fresh(event, look, case):
            continue
        if found := search(look.message, words_of(event.get("message"))):
            key = words_of(about.get("kind")), words_of(about.get("namespace")), words_of(about.get("name"))
            latest[key] = event, *found
    for (kind, namespace, name), (event, message, values) in latest.items():
        obj = case.view.get(kind, name, namespace or None)
        if obj is not None and not is_well(kind, obj, case):
            reason = words_of(event.get("reason"))
            subject = Subject(kind, namespace, name)
            node = name if kind == "Node" else node_of(obj) if kind == "Pod" else ""
            seen = f"{kind} {name} is not well: {reason}"
            yield Hit(subject, clean(message), seen=seen, node=node, since=event_time(event), values=values)


def is_well(kind: str, obj: Object, case: Case) -> bool:
    """Whether what an event said of it can be over. Kinds that we cannot judge are believed to be well."""
    judge = _WELL.get(kind)
    return judge is None or judge(obj)


def _replicas(obj: Object) -> bool:
    return number(dig(obj, "status", "readyReplicas")) >= number(dig(obj, "spec", "replicas"))


def _daemonset(obj: Object) -> bool:
    return number(dig(obj, "status", "numberReady")) >= counts(obj).desired > 0


_WELL: Mapping[str, Callable[[Object], bool]] = {
    "Pod": lambda pod: pod_ready(pod) or dig(pod, "status", "phase") == "Succeeded",
    "DaemonSet": _daemonset,
    "ReplicaSet": _replicas,
    "StatefulSet": _replicas,
    "Deployment": _replicas,
    "Job": lambda job: holds(job, "Complete"),
    "Node": node_ready,
    "PersistentVolumeClaim": lambda claim: dig(claim, "status", "phase") == "Bound",
    "Service": lambda service: bool(listed(dig(service, "status", "loadBalancer", "ingress"))),
}


def by_object(look: ObjectLook, case: Case) -> Iterator[Hit]:
    if look.gpu_nodes is not None and case.gpu_nodes_for() < max(look.gpu_nodes, 1):
        return
    found = [hit for obj in case.view.all(look.kind) if (hit := _object(look, obj, case))]
    if len(found) >= look.count:
        yield from found


def _object(look: ObjectLook, obj: Object, case: Case) -> Hit | None:
    name = name_of(obj)
    if look.name and not search(look.name, name):
        return None
    words: list[str] = []
    values: dict[str, str] = {}
    since = created(obj)
    if look.condition:
        condition = _condition(obj, look.condition)
        reason, message = words_of(condition.get("reason")), words_of(condition.get("message"))
        told = search(look.reason, reason), search(look.message, message)
        status = words_of(condition.get("status"))
        if not condition or (look.status and status not in look.status) or None in told:
            return None
        values |= {key: value for one in told if one for key, value in one[1].items()}
        since = changed(obj, look.condition) or since
        words.append(f"{look.condition} is {status}: {', '.join(filter(None, (reason, message)))}".removesuffix(": "))
    for path, pattern in look.fields.items():
        value = dig(obj, *path.split("."))
        shown = "" if value is None else str(value)
        one = search(pattern, shown)
        if one is None:
            return None
        values |= one[1]
        words.append(f"{path} is {shown or 'not set'}")
    if not lasts(since, look.seconds, case):
        return None
    subject = Subject(look.kind, namespace_of(obj), name)
    return Hit(subject, clean("; ".join(words)), seen=f"{look.kind} {name}", since=since, values=values)


def _condition(obj: Object, kind: str) -> Object:
    """Routes keep their conditions by parent, gateways by listener too."""
    own = condition_of(obj, kind)
    if own:
        return own
    parents = listed(dig(obj, "status", "parents"))
    return next((found for parent in parents if (found := condition_of({"status": parent}, kind))), own)
