"""How the signs of a failure are looked for: each kind of look of presets/failures, as a pure function."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache

from llmd_tui.diagnose.case import Case, Patient, PhaseNow, is_gpu
from llmd_tui.diagnose.finding import Subject
from llmd_tui.diagnose.hits import Hit, of_pod
from llmd_tui.diagnose.words import brief, clean, gist, node_word
from llmd_tui.objects import Object
from llmd_tui.presets.failures import EventLook, NodeLook, PhaseLook, PodLook, StageLook
from llmd_tui.rollout.containers import Active
from llmd_tui.rollout.moment import pod_ready
from llmd_tui.rollout.reading import changed, condition_of, labels_of, name_of, text
from llmd_tui.rollout.roles import role_of
from llmd_tui.rollout.sightings import event_time

Found = tuple[str, Mapping[str, str]]
"""The text in which a pattern was found, and what its groups caught."""


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def search(pattern: str, words: str) -> Found | None:
    found = _compiled(pattern).search(words)
    return (words, {key: clean(value) for key, value in found.groupdict().items() if value}) if found else None


def last_line(pattern: str, lines: Sequence[str]) -> Found | None:
    """The last line in which the pattern is."""
    return next((found for line in reversed(lines) if (found := search(pattern, line))), None)


# Pods


def by_pod(look: PodLook, case: Case) -> Iterator[Hit]:
    for patient in case.patients:
        if not _may_be(look, patient, case):
            continue
        for container in _containers(look, patient):
            if found := _said(look, patient, container, case):
                name, image = (container.name, container.image) if container else (patient.health.container, "")
                yield of_pod(patient, found[0], name, image, found[1])
                break


def _may_be(look: PodLook, patient: Patient, case: Case) -> bool:
    """What costs little to tell comes first."""
    said = patient.health
    if patient.state not in look.states or not lasts(said.since, look.seconds, case):
        return False
    if look.roles and role_of(patient.pod) not in look.roles:
        return False
    if look.name and not search(look.name, said.name):
        return False
    if look.lonely and (not said.node or case.moment.pod(said.node, look.lonely)):
        return False
    return not look.waits_for or said.waits_for == look.waits_for


def _containers(look: PodLook, patient: Patient) -> Sequence[Active | None]:
    if look.container:
        return [one for one in patient.containers if _compiled(look.container).fullmatch(one.name)]
    wants_one = look.reasons or look.exit_codes or look.message or look.log or look.restarts
    return patient.suspects() or (() if wants_one else (None,))


def _said(look: PodLook, patient: Patient, container: Active | None, case: Case) -> Found | None:
    """The words that tell, when all of the look holds."""
    found: Found = (_plain(patient), {})
    if container is not None:
        if look.reasons and not {container.reason, container.last_reason} & set(look.reasons):
            return None
        if look.exit_codes and container.exit_code not in look.exit_codes:
            return None
        if container.restarts < look.restarts:
            return None
        found = (container.message or _plain(patient), {})
    for pattern, words in _texts(look, patient, container, case):
        one = last_line(pattern, words)
        if one is None:
            return None
        found = (gist(one[0]) if pattern == look.log else one[0], {**found[1], **one[1]})
    return found


def _texts(
    look: PodLook, patient: Patient, container: Active | None, case: Case
) -> Iterator[tuple[str, Sequence[str]]]:
    """Each pattern with the lines in which it must be; the most telling one last."""
    said = patient.health
    if look.unplaced:
        yield look.unplaced, (text(condition_of(patient.pod, "PodScheduled").get("message")),)
    if look.message and container is not None:
        yield look.message, container.message.splitlines() or [""]
    if look.event:
        seen = [e for e in case.moment.events_of(patient.pod) if fresh(e, look.event, case)]
        yield look.event.message, [text(event.get("message")) for event in seen]
    if look.log and container is not None:
        tail = case.logs.get((said.namespace, said.name, container.name))
        yield look.log, (*tail.previous, *tail.lines) if tail else ()


def _plain(patient: Patient) -> str:
    said = patient.health
    return f"{said.word}: {said.reason}" if said.reason else said.word


def lasts(since: datetime | None, seconds: float, case: Case) -> bool:
    """Whether it has been so for that long; what has no known beginning has not."""
    return seconds <= 0 or (since is not None and case.now - since >= timedelta(seconds=seconds))


def fresh(event: Object, look: EventLook, case: Case) -> bool:
    at = event_time(event)
    recent = at is not None and case.now - at <= timedelta(seconds=look.within)
    return recent and (not look.reasons or event.get("reason") in look.reasons)


# Nodes


def by_node(look: NodeLook, case: Case) -> Iterator[Hit]:
    for node in case.moment.nodes.values():
        if look.gpu and not is_gpu(node):
            continue
        if look.has and not pod_ready(case.moment.pod(name_of(node), look.has)):
            continue
        labels = labels_of(node)
        if any(key in labels for key in look.without):
            continue
        told = [f"label {key} is {text(labels.get(key))}" for key, value in look.labels.items()
                if key in labels and search(value, text(labels.get(key)))]  # fmt: skip
        if len(told) < len(look.labels):
            continue
        since = changed(node, look.condition or "Ready")
        if not lasts(since, look.seconds, case):
            continue
        values: Mapping[str, str] = {}
        if look.condition:
            condition = condition_of(node, look.condition)
            status = text(condition.get("status"))
            wanted = status != "True" if look.status == "not True" else status == look.status
            found = search(look.message, f"{text(condition.get('reason'))}: {text(condition.get('message'))}")
            if not condition or not wanted or found is None:
                continue
            told.append(f"{look.condition} is {status}: {found[0]}".removesuffix(": "))
            values = found[1]
        lacking = [f"{key} is not there" for key in look.without]
        name = name_of(node)
        words = clean("; ".join([*told, *lacking])) or node_word(name)
        yield Hit(Subject("Node", "", name), words, node=name, since=since, values=values)


def by_stage(look: StageLook, case: Case) -> Iterator[Hit]:
    for row in case.stages:
        for cell in row.cells:
            stands = cell.stage in look.stages and cell.state in look.states
            if stands and lasts(cell.since, look.seconds, case) and (found := search(look.text, cell.text)):
                words = f"{node_word(row.node)} at {cell.stage}: {clean(found[0])}"
                yield Hit(Subject("Node", "", row.node), words, node=row.node, since=cell.since, values=found[1])
                break


# Phases


def by_phase(look: PhaseLook, case: Case) -> Iterator[Hit]:
    for phase in case.phases:
        if look.phases and phase.name not in look.phases:
            continue
        if look.failed and phase.state != "failed":
            continue
        if found := last_line(look.text, spoken(phase)):
            subject = Subject("Phase", "", phase.name)
            yield Hit(subject, brief(found[0]), seen=told(phase), since=phase.since, values=found[1], phase=phase.name)


def spoken(phase: PhaseNow) -> list[str]:
    """All that a phase said, the most telling last."""
    return [*phase.output, *filter(None, (phase.error, phase.message))]


def told(phase: PhaseNow) -> str:
    return f"{phase.name} failed" if phase.state == "failed" else f"{phase.name} waits for {clean(phase.waits_for)}"
