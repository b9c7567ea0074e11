"""The evidence of a finding as files: what was found, the objects, the logs, the events."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any, cast

import yaml

from llmd_tui.diagnose.case import LogKey, Tail
from llmd_tui.diagnose.finding import Finding, Subject
from llmd_tui.diagnose.text import markdown
from llmd_tui.errors import UserError
from llmd_tui.kube.store import View
from llmd_tui.objects import Object
from llmd_tui.rollout.health import workload
from llmd_tui.rollout.moment import node_of
from llmd_tui.rollout.reading import dig, mapping, name_of, namespace_of, text
from llmd_tui.rollout.sightings import event_time

HIDDEN = "***"
_SECRETIVE = re.compile(
    r"token|password|passwd|secret|credential|api_?key|private_?key|connection_?string", re.IGNORECASE
)
_UNKNOWN = re.compile(r"[^\w.-]+")
_NEVER = ("Secret", "ConfigMap")
"""Kinds that are never written: what is in them is not ours to hand on."""
_NOISE = ("managedFields",)


def export(
    finding: Finding,
    view: View,
    logs: Mapping[LogKey, Tail],
    into: Path,
    *,
    redact: Callable[[str], str] = str,
) -> Path:
    """Makes a new directory below `into`, readable by its owner alone, and returns it.

    Raises UserError when it cannot be written.
    """
    try:
        directory = _new(into, finding)
        for path, content in files(finding, view, logs):
            target = directory / path
            target.parent.mkdir(mode=0o700, exist_ok=True)
            target.write_text(redact(content), encoding="utf-8")
    except OSError as error:
        raise UserError(f"The evidence cannot be written to {into}: {error.strerror}.", "Make room there.") from error
    return directory


def files(finding: Finding, view: View, logs: Mapping[LogKey, Tail]) -> Iterator[tuple[str, str]]:
    """Path and content of each file."""
    yield "finding.md", markdown(finding)
    found = list(objects_of(finding, view))
    for obj in found:
        name = "-".join(filter(None, (str(obj.get("kind")).lower(), namespace_of(obj), name_of(obj))))
        yield f"objects/{_UNKNOWN.sub('-', name)}.yaml", yaml.safe_dump(shareable(obj), sort_keys=False)
    wanted = {(namespace_of(obj), name_of(obj)) for obj in found if obj.get("kind") == "Pod"}
    for (namespace, pod, container), tail in logs.items():
        if (namespace, pod) in wanted:
            name = _UNKNOWN.sub("-", f"{namespace}-{pod}-{container}")
            yield f"logs/{name}.log", "\n".join((*tail.lines, ""))
            if tail.previous:
                yield f"logs/{name}.previous.log", "\n".join((*tail.previous, ""))
    if lines := list(_events(found, view)):
        yield "events.txt", "\n".join((*lines, ""))


def objects_of(finding: Finding, view: View) -> Iterator[Object]:
    """What the finding is about, what made it, and the nodes that it is on; each once."""
    seen: set[tuple[str, str, str]] = set()
    todo = list(finding.subjects)
    while todo:
        subject = todo.pop(0)
        key = subject.kind, subject.namespace, subject.name
        obj = view.get(subject.kind, subject.name, subject.namespace or None)
        if key in seen or obj is None or subject.kind in _NEVER:
            continue
        seen.add(key)
        yield {"kind": subject.kind, **obj}
        if subject.kind == "Pod":
            kind, owner = workload(obj)
            todo += [Subject(kind, subject.namespace, owner)] if owner else []
            todo += [Subject("Node", "", node_of(obj))] if node_of(obj) else []


def shareable(obj: Object) -> Object:
    """A copy without what may be secret, and without what nobody reads."""
    copy = deepcopy(obj)
    metadata = mapping(copy.get("metadata"))
    for key in _NOISE:
        metadata.pop(key, None)
    mapping(metadata.get("annotations")).pop("kubectl.kubernetes.io/last-applied-configuration", None)
    return cast(Object, _hidden(copy))


def _hidden(value: Any) -> Any:
    """Values beside names that sound of secrets: in mappings, and in lists of name and value."""
    if isinstance(value, list):
        return [_hidden(item) for item in cast(list[Any], value)]
    if not isinstance(value, dict):
        return value
    found = cast(dict[str, Any], value)
    named = str(found.get("name", ""))
    return {
        key: HIDDEN if isinstance(item, str) and _tells(key, named) else _hidden(item) for key, item in found.items()
    }


def _tells(key: str, named: str) -> bool:
    return bool(_SECRETIVE.search(named)) if key == "value" else bool(_SECRETIVE.fullmatch(key))


def _events(found: Iterable[Object], view: View) -> Iterator[str]:
    """Oldest first."""
    uids = {dig(obj, "metadata", "uid") for obj in found}
    about = [event for event in view.all("Event") if dig(event, "involvedObject", "uid") in uids]
    for at, event in sorted(((str(event_time(event) or ""), event) for event in about), key=lambda one: one[0]):
        name = f"{text(dig(event, 'involvedObject', 'kind'))} {text(dig(event, 'involvedObject', 'name'))}"
        yield f"{at}  {text(event.get('type'))}  {text(event.get('reason'))}  {name}  {text(event.get('message'))}"


def _new(into: Path, finding: Finding) -> Path:
    stem = _UNKNOWN.sub("-", f"evidence-{finding.id or finding.phase or 'finding'}")
    into.mkdir(mode=0o700, parents=True, exist_ok=True)
    for number in range(1, 1000):
        path = into / (stem if number == 1 else f"{stem}-{number}")
        try:
            path.mkdir(mode=0o700)
        except FileExistsError:
            continue
        return path
    raise FileExistsError(0, "there are too many already", str(into))
