"""Failures of the catalogue, recognised: what looks found, put into words."""

import re
from collections.abc import Iterable, Mapping, Sequence

from llmd_tui.diagnose.case import Case
from llmd_tui.diagnose.finding import Confidence, Evidence, Finding, Remedy, Step, Subject
from llmd_tui.diagnose.hits import Hit
from llmd_tui.diagnose.looks import by_node, by_phase, by_pod, by_stage
from llmd_tui.diagnose.looks_objects import by_event, by_object
from llmd_tui.diagnose.observations import OBSERVATIONS, healthy_twin, node_seen
from llmd_tui.diagnose.steps import commands
from llmd_tui.diagnose.words import clean, node_word
from llmd_tui.presets.failures import Failure, Look, failures
from llmd_tui.rollout.reading import name_of, namespace_of
from llmd_tui.rollout.words import listing, many

MOST_EVIDENCE = 6
MOST_REMEDY = 900
MOST_STEPS = 8
"""Pods that one key may delete: more at once is nobody's quick remedy."""
_COMMANDS = (re.compile(r"`(az [^`]+)`"), re.compile(r"`(llmd-tui [^`]+)`"))
"""What changes something comes before what looks."""


def known(case: Case) -> list[Finding]:
    """In the catalogue's order. What an earlier entry explains is not explained again by a later one."""
    explained: set[tuple[str, ...]] = set()
    found: list[Finding] = []
    for failure in failures().values():
        seen: dict[Subject, Hit] = {}
        for look in failure.looks:
            for hit in _hits(look, case):
                if _thing(hit) not in explained:
                    seen.setdefault(Subject(hit.subject.kind, hit.subject.namespace, hit.subject.name), hit)
        if seen:
            explained |= {_thing(hit) for hit in seen.values()}
            found.append(_finding(failure, list(seen.values()), case))
    return found


def _hits(look: Look, case: Case) -> Iterable[Hit]:
    if look.pod:
        return by_pod(look.pod, case)
    if look.event:
        return by_event(look.event, case)
    if look.node:
        return by_node(look.node, case)
    if look.stage:
        return by_stage(look.stage, case)
    if look.object:
        return by_object(look.object, case)
    return by_phase(look.phase, case) if look.phase else ()


def _thing(hit: Hit) -> tuple[str, ...]:
    """Two entries may both be right about different containers of a pod; what is no pod may have several troubles."""
    subject = hit.subject
    if subject.kind in ("Pod", "Phase"):
        return subject.kind, subject.namespace, subject.name
    return subject.kind, subject.namespace, subject.name, hit.decisive


def _finding(failure: Failure, seen: Sequence[Hit], case: Case) -> Finding:
    first = seen[0]
    values = _values(seen)
    confirmed = [(one, told) for one in failure.confirmed if (told := OBSERVATIONS[one.see](case, first))]
    cause, why = failure.cause, failure.why
    confidence: Confidence = failure.confidence
    for one, _ in confirmed:
        cause, why, confidence = one.cause or cause, one.why or why, one.confidence or confidence
    phases = (hit.phase or failure.phase or case.phase_of(hit.subject.namespace) for hit in seen)
    return Finding(
        id=failure.id,
        state=failure.state,
        title=clean(failure.title.format_map(values)),
        effect=clean(failure.effect.format_map(values)),
        evidence=_evidence(failure, seen, [told for _, told in confirmed], case),
        cause=clean(cause.format_map(values)),
        confidence=confidence,
        why=clean(why.format_map(values)),
        remedy=_remedy(failure, seen, values, case),
        subjects=tuple(hit.subject for hit in seen),
        since=min(filter(None, (hit.since for hit in seen)), default=None),
        phase=next(filter(None, phases), ""),
    )


def _evidence(failure: Failure, seen: Sequence[Hit], also: Sequence[str], case: Case) -> tuple[Evidence, ...]:
    first = seen[0]
    lines = [Evidence(clean(first.seen or (node_seen(case, first.node) if first.node else "")))]
    if len(seen) > 1:
        lines.append(Evidence(clean(f"the same on {listing([_where(hit) for hit in seen[1:]])}")))
    if first.decisive:
        lines.append(Evidence(first.decisive, decisive=True))
    lines += [Evidence(clean(one)) for one in also]
    if failure.healthy and (twin := healthy_twin(case, first, failure.healthy)):
        lines.append(Evidence(clean(twin), healthy=True))
    return tuple(line for line in lines if line.text)[:MOST_EVIDENCE]


def _where(hit: Hit) -> str:
    return node_word(hit.node) if hit.node else hit.subject.name


def _values(seen: Sequence[Hit]) -> Mapping[str, str]:
    """What templates may tell. Unknown groups of patterns that did not take part are empty."""
    first = seen[0]
    nodes = list(dict.fromkeys(hit.node for hit in seen if hit.node))
    names = list(dict.fromkeys(hit.subject.name for hit in seen))
    own = {
        "nodes": listing([node_word(node) for node in nodes]) if len(nodes) <= 2 else many(len(nodes), "node"),
        "node": first.node,
        "names": listing(names) if len(names) <= 2 else f"{names[0]} and {len(names) - 1} more",
        "name": first.subject.name,
        "namespace": first.subject.namespace,
        "container": first.subject.container,
        "image": first.image,
        "count": str(len(seen)),
        "kind": first.subject.kind,
        "phase": first.phase,
    }
    return _Values({**own, **first.values})


class _Values(dict[str, str]):
    """Groups that did not take part in a match are told as nothing."""

    def __missing__(self, key: str) -> str:
        return ""


def _remedy(failure: Failure, seen: Sequence[Hit], values: Mapping[str, str], case: Case) -> Remedy:
    told = failure.remedy
    steps = _steps(failure, seen, case)
    text = clean(told.text.format_map(values), MOST_REMEDY)
    own = next((phase.remedy for phase in case.phases if phase.name == seen[0].phase), "")
    if own and steps and steps[0].verb == "retry":
        # Who met the error knows numbers and names.
        text = f"{clean(own, MOST_REMEDY)} Then {seen[0].phase} is tried again."
    elif own:
        text = clean(own, MOST_REMEDY)
    exact = next(filter(None, (pattern.search(own) for pattern in _COMMANDS)), None)
    command = exact[1] if exact else told.command.format_map(values)
    return Remedy(
        text=text,
        command=commands(steps) if steps else clean(command, MOST_REMEDY),
        seconds=told.seconds,
        acts=bool(steps),
        danger=told.danger,
        steps=steps,
    )


def _steps(failure: Failure, seen: Sequence[Hit], case: Case) -> tuple[Step, ...]:
    act = failure.remedy.act
    if act is None:
        return ()
    steps: list[Step] = []
    for hit in seen:
        match act.verb:
            case "restart":
                pod = case.moment.pod(hit.node, act.role) if act.role else None
                subject = Subject("Pod", namespace_of(pod), name_of(pod)) if pod else hit.subject
                if (act.role and pod is None) or subject.kind != "Pod":
                    continue
                steps.append(Step("delete", Subject("Pod", subject.namespace, subject.name)))
            case "retry":
                if hit.phase:
                    steps.append(Step("retry", Subject("Phase", "", hit.phase)))
            case "label-namespace":
                namespace = Subject("Namespace", "", hit.subject.namespace)
                steps.append(Step("label", namespace, tuple(act.labels.items())))
            case "cordon":
                if hit.node:
                    steps.append(Step("cordon", Subject("Node", "", hit.node)))
    return tuple(dict.fromkeys(steps))[:MOST_STEPS]
