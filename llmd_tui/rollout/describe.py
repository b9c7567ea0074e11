"""One object in full, as `kubectl describe` tells it, and as YAML. What a Secret holds is never shown."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import yaml

from llmd_tui.kube.store import View
from llmd_tui.objects import Object
from llmd_tui.rollout.containers import Active, all_containers
from llmd_tui.rollout.moment import Moment, node_of
from llmd_tui.rollout.pods import health
from llmd_tui.rollout.reading import created, dig, labels_of, listed, name_of, namespace_of, part, text
from llmd_tui.rollout.scheduling import written
from llmd_tui.rollout.sightings import event_time
from llmd_tui.rollout.words import age, duration

LABEL = 14
_SECRET = ("data", "stringData")


def describe(obj: Object, view: View, now: datetime) -> str:
    """A pod, a node, or any other object with its conditions and events."""
    moment = Moment(view, now)
    kind = text(obj.get("kind")) or ("Pod" if dig(obj, "spec", "containers") else "Node")
    match kind:
        case "Pod":
            body = _pod(obj, moment)
        case "Node":
            body = _node(obj, moment)
        case _:
            body = iter(())
    head = _head(obj, kind, now)
    return "\n".join([*head, *body, *_conditions(obj, now), *_events(obj, moment)])


def to_yaml(obj: Object) -> str:
    """Without managed fields, and without what a Secret holds."""
    shown: dict[str, Any] = {key: value for key, value in obj.items() if key not in _SECRET or not _secret(obj)}
    shown["metadata"] = {key: value for key, value in obj["metadata"].items() if key != "managedFields"}
    if _secret(obj):
        held = (part(obj, key) for key in _SECRET)
        shown["data"] = {
            key: f"hidden, {len(str(value))} characters" for values in held for key, value in values.items()
        }
        shown["metadata"].pop("annotations", None)
    return yaml.safe_dump(shown, sort_keys=False, allow_unicode=True, width=10_000)


def _secret(obj: Object) -> bool:
    return obj.get("kind") == "Secret"


def _line(label: str, value: object) -> str:
    return f"{label:<{LABEL}}{value}"


def _head(obj: Object, kind: str, now: datetime) -> Iterator[str]:
    yield _line("Name", name_of(obj))
    if namespace_of(obj):
        yield _line("Namespace", namespace_of(obj))
    yield _line("Kind", kind)
    if born := created(obj):
        yield _line("Age", age((now - born).total_seconds()))
    yield from _pairs("Labels", labels_of(obj))


def _pairs(label: str, pairs: Mapping[str, Any]) -> Iterator[str]:
    for position, (key, value) in enumerate(sorted(pairs.items())):
        yield _line("" if position else label, f"{key}={value}")


def _pod(pod: Object, moment: Moment) -> Iterator[str]:
    said = health(pod, moment)
    yield _line("State", f"{said.word}: {said.reason}" if said.reason else said.word)
    yield _line("Ready", said.ready)
    yield _line("Node", node_of(pod) or "none yet")
    if said.owner:
        yield _line("Made by", f"{said.owner_kind} {said.owner}")
    yield ""
    yield "Containers"
    specs = [*listed(dig(pod, "spec", "initContainers")), *listed(dig(pod, "spec", "containers"))]
    states = {container.name: container for container in all_containers(pod)}
    for spec in specs:
        name = text(spec.get("name"))
        yield f"  {name}"
        yield f"    {_line('image', text(spec.get('image')))}"
        yield f"    {_line('state', _container(states.get(name), moment.now))}"
        asks = {**part(spec, "resources", "requests"), **part(spec, "resources", "limits")}
        if asks:
            yield f"    {_line('asks for', ', '.join(f'{key} {value}' for key, value in sorted(asks.items())))}"


def _container(container: Active | None, now: datetime) -> str:
    if container is None:
        return "not started"
    parts = [container.state, container.reason, container.message]
    if container.since:
        parts.append(f"since {duration((now - container.since).total_seconds())}")
    if container.restarts:
        parts.append(f"{container.restarts} restarts")
    if container.exit_code is not None:
        parts.append(f"last exit code {container.exit_code} {container.last_reason}".rstrip())
    return ", ".join(filter(None, parts))


def _node(node: Object, moment: Moment) -> Iterator[str]:
    taints = [f"{written(taint)}:{text(taint.get('effect'))}" for taint in listed(dig(node, "spec", "taints"))]
    yield _line("Taints", ", ".join(taints) or "none")
    info = part(node, "status", "nodeInfo")
    yield _line("System", f"{text(info.get('osImage'))}, kernel {text(info.get('kernelVersion'))}")
    yield _line("Runtime", f"{text(info.get('containerRuntimeVersion'))}, kubelet {text(info.get('kubeletVersion'))}")
    yield ""
    yield "Allocatable"
    for resource, amount in sorted(part(node, "status", "allocatable").items()):
        yield f"  {resource:<32}{amount}"
    yield ""
    yield "Pods"
    pods = [pod for pod in moment.view.all("Pod") if node_of(pod) == name_of(node)]
    for pod in sorted(pods, key=lambda pod: (namespace_of(pod), name_of(pod))):
        said = health(pod, moment)
        yield f"  {f'{said.namespace}/{said.name}':<60} {said.ready:>5}  {said.word}"


def _conditions(obj: Object, now: datetime) -> Iterator[str]:
    conditions = listed(dig(obj, "status", "conditions"))
    if conditions:
        yield ""
        yield "Conditions"
    for condition in conditions:
        detail = ", ".join(filter(None, [text(condition.get("reason")), text(condition.get("message"))]))
        yield f"  {text(condition.get('type')):<28}{text(condition.get('status')):<9}{detail}".rstrip()


def _events(obj: Object, moment: Moment) -> Iterator[str]:
    yield ""
    yield "Events"
    events = moment.events_of(obj)
    if not events:
        yield "  none in the last hour"
    for event in events:
        at = event_time(event)
        old = age((moment.now - at).total_seconds()) if at else "?"
        yield f"  {old:>4}  {text(event.get('type')):<8}{text(event.get('reason')):<20}{text(event.get('message'))}"
