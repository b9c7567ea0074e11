"""Findings for what no entry of the catalogue explains: failed phases, slow ones, pods that fail."""

from collections.abc import Iterable, Iterator, Sequence

from llmd_tui.diagnose.case import Case, Patient, PhaseNow
from llmd_tui.diagnose.finding import Evidence, Finding, Remedy, Step, Subject
from llmd_tui.diagnose.hits import pod_seen
from llmd_tui.diagnose.words import clean, gist, node_word
from llmd_tui.rollout.health import workload
from llmd_tui.rollout.words import between, duration, many

LAST_LINES = 3
IN_AZURE = Remedy("Wait: Azure goes on with it, whatever happens here. A asks Azure to give it up, stopping does not.")


def failed_phases(case: Case, explained: frozenset[str]) -> Iterator[Finding]:
    """In the phase's own words. To try again is always possible, and harmless: every phase looks first."""
    for phase in case.phases:
        if phase.state == "failed" and phase.name not in explained:
            printed = [Evidence(clean(line)) for line in phase.output[-LAST_LINES:]]
            remedy = f"{clean(phase.remedy, 400)} Then the phase is tried again." if phase.remedy else "Try it again."
            yield Finding(
                id="",
                state="failed",
                title=f"{phase.name} failed",
                effect="What needs it is blocked.",
                evidence=(*printed, Evidence(clean(phase.message, 400), decisive=True)),
                cause=clean(phase.message, 400),
                confidence="possible",
                why="these are the phase's own words; the catalogue has no entry for them.",
                remedy=Remedy(remedy, seconds=phase.normal, acts=True, steps=(_retry(phase),)),
                subjects=(Subject("Phase", "", phase.name),),
                since=phase.since,
                phase=phase.name,
            )


def slow_phases(case: Case, explained: frozenset[str]) -> Iterator[Finding]:
    """What a phase waits for that takes longer than usual, and the last error met meanwhile."""
    for phase in case.phases:
        if phase.state != "slow" or phase.name in explained:
            continue
        waiting = clean(phase.waits_for) or (f"the end of `{clean(phase.doing, 60)}`" if phase.doing else "its actions")
        usual = between(phase.normal * 0.6, phase.normal * 1.4)
        troubled = [one for one in case.patients if one.health.namespace in phase.namespaces]
        evidence = [Evidence(f"waits for {waiting}", decisive=not phase.error)]
        if phase.error:
            evidence.append(Evidence(f"last error: {clean(phase.error)}", decisive=True))
        evidence += [Evidence(_pod_line(patient)) for patient in _worst(troubled)[:2]]
        yield Finding(
            id="",
            state="slow",
            title=f"{phase.name} takes longer than usual",
            effect=f"It goes on for {duration(phase.elapsed)}; usual is {usual}.",
            evidence=tuple(evidence),
            cause=f"It waits for {waiting}.",
            confidence="possible",
            why="nothing that is known to fail shows; it may still come to its end.",
            remedy=IN_AZURE if phase.in_azure and not troubled else _look_at(troubled),
            subjects=(Subject("Phase", "", phase.name),),
            since=phase.since,
            phase=phase.name,
        )


def failing_pods(case: Case, explained: frozenset[tuple[str, str]]) -> Iterator[Finding]:
    """Pods in the phases' namespaces that fail, one finding for each workload."""
    ours = {namespace for phase in case.phases for namespace in phase.namespaces}
    by_owner: dict[tuple[str, str, str], list[Patient]] = {}
    for patient in case.patients:
        said = patient.health
        if patient.state == "failed" and said.namespace in ours and (said.namespace, said.name) not in explained:
            kind, owner = workload(patient.pod)
            by_owner.setdefault((said.namespace, kind or "Pod", owner or said.name), []).append(patient)
    for (namespace, kind, owner), found in by_owner.items():
        yield _failing(case, namespace, kind, owner, found)


def _failing(case: Case, namespace: str, kind: str, owner: str, found: Sequence[Patient]) -> Finding:
    first = found[0]
    said = first.health
    blamed = first.suspects()
    container = blamed[0].name if blamed else said.container
    tail = case.logs.get((namespace, said.name, container))
    lines = (tail.lines or tail.previous)[-LAST_LINES:] if tail else ()
    where = f" on {node_word(said.node)}" if said.node and len(found) == 1 else ""
    count = f", {many(len(found), 'pod')}" if len(found) > 1 else ""
    evidence = [
        Evidence(pod_seen(first, container)),
        *(Evidence(clean(gist(line)), decisive=number == len(lines)) for number, line in enumerate(lines, 1)),
    ]
    if not lines and said.reason:
        evidence.append(Evidence(clean(said.reason), decisive=True))
    return Finding(
        id="",
        state="failed",
        title=clean(f"{container or owner} of {owner}: {said.word}{where}{count}"),
        effect="",
        evidence=tuple(evidence),
        cause=clean(said.reason or said.word),
        confidence="possible",
        why="the catalogue has no entry for this; the log's last lines are shown.",
        remedy=Remedy("Read the whole log.", _log_command([first])),
        subjects=tuple(Subject("Pod", namespace, one.health.name, container) for one in found),
        since=said.since,
        phase=case.phase_of(namespace),
    )


def _look_at(troubled: Sequence[Patient]) -> Remedy:
    return Remedy("Wait, or look at the log of the pods that are not ready.", _log_command(_worst(troubled)))


def _retry(phase: PhaseNow) -> Step:
    return Step("retry", Subject("Phase", "", phase.name))


def _worst(found: Iterable[Patient]) -> list[Patient]:
    order = ("failed", "slow", "running", "waiting", "blocked", "pending", "done")
    return sorted(found, key=lambda one: (order.index(one.state), one.health.name))


def _pod_line(patient: Patient) -> str:
    said = patient.health
    return clean(f"{said.name}: {said.word}" + (f", {said.reason}" if said.reason else ""))


def _log_command(found: Sequence[Patient]) -> str:
    if not found:
        return ""
    said = found[0].health
    container = f" -c {said.container}" if said.container else ""
    return f"kubectl -n {said.namespace} logs {said.name}{container} --tail 100"
