"""From what is seen to findings: pure, the same for the same moment."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from llmd_tui.diagnose.case import Case, LogKey, PhaseNow, Tail
from llmd_tui.diagnose.finding import Finding
from llmd_tui.diagnose.known import known
from llmd_tui.diagnose.unknown import failed_phases, failing_pods, slow_phases
from llmd_tui.diagnose.words import ORDER
from llmd_tui.kube.store import View
from llmd_tui.rollout.stages import NodeProgress


def diagnose(
    view: View,
    now: datetime,
    *,
    logs: Mapping[LogKey, Tail] | None = None,
    phases: Sequence[PhaseNow] = (),
    stages: Iterable[NodeProgress] = (),
) -> tuple[Finding, ...]:
    """The worst first: failed, slow, notes; of the same kind the oldest. `phases` are those that go on or failed."""
    return findings(Case(view, now, logs=logs, phases=phases, stages=stages))


def findings(case: Case) -> tuple[Finding, ...]:
    """Of a case that was made already."""
    found = known(case)
    held_up = frozenset(finding.phase for finding in found if finding.state != "note")
    subjects = [subject for finding in found for subject in finding.subjects]
    found += failing_pods(case, frozenset((s.namespace, s.name) for s in subjects if s.kind == "Pod"))
    found += failed_phases(case, frozenset(s.name for s in subjects if s.kind == "Phase"))
    found += slow_phases(case, held_up | {finding.phase for finding in found})
    return tuple(sorted(found, key=lambda one: (ORDER.index(one.state), one.id == "", one.since or case.now)))
