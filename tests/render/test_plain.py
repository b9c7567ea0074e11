"""The words of plain mode."""

from llmd_tui import events as e
from llmd_tui.render.plain import Plain

PHASE = "network-operator"


def test_a_phase_from_start_to_end() -> None:
    plain = Plain()
    said = [
        line
        for event in (
            e.RunStarted(0, "r1", (PHASE, "lws"), resumed=False),
            e.PhaseSkipped(0, "lws", "one node is enough"),
            e.PhaseStarted(0, PHASE, normal=600, slow=960),
            e.ActionStarted(1, PHASE, "kubectl apply -f a.yaml\nhelm upgrade --install b"),
            e.Output(2, PHASE, "NAME: b"),
            e.ActionDone(3, PHASE, "helm upgrade --install b", changed=True),
            e.PhaseWaiting(10, PHASE, "OFED on every node: 0 of 2", since=10),
            e.PhaseDone(320, PHASE, 320, found=False),
            e.RunEnded(320, "r1", "done", 320),
        )
        for line in plain.lines(event)
    ]
    assert said == [
        "RUN r1: 2 phases",
        "SKIP lws: one node is enough",
        "START network-operator: usual is 10m, slow after 16m",
        "DO network-operator: kubectl apply -f a.yaml",
        "DO network-operator: helm upgrade --install b",
        "WAIT network-operator 10s: waits for OFED on every node: 0 of 2",
        "DONE network-operator 5m20s",
        "DONE r1 after 5m20s",
    ]


def test_failure_comes_with_its_remedy_and_names_the_blocked() -> None:
    plain = Plain()
    lines = plain.lines(e.PhaseFailed(70, PHASE, 62, "helm failed: no space.", "Make room."))
    assert lines == ["FAILED network-operator 1m02s: helm failed: no space.", "remedy: Make room."]
    assert plain.lines(e.PhaseBlocked(70, "peermem", PHASE)) == ["BLOCKED peermem: by network-operator"]
    assert plain.lines(e.RunEnded(70, "r1", "failed", 70)) == ["FAILED r1 after 1m10s"]


def test_found_is_not_done() -> None:
    assert Plain().lines(e.PhaseDone(5, "crds", 1, found=True)) == ["FOUND crds 1s: as it should be, nothing to do"]


def test_checks_show_what_to_do_only_when_something_is_to_be_done() -> None:
    good = e.CheckDone(1, "validate", "gpus", "GPUs allocatable", "pass", "16 of 16", "r", "kubectl get nodes")
    assert Plain().lines(good) == ["PASS gpus: GPUs allocatable, 16 of 16"]
    bad = e.CheckDone(1, "validate", "gpus", "GPUs allocatable", "fail", "8 of 16", "Look.", "kubectl get nodes")
    assert Plain().lines(bad) == [
        "FAIL gpus: GPUs allocatable, 8 of 16",
        "remedy: Look.",
        "command: kubectl get nodes",
    ]
    skipped = e.CheckDone(1, "validate", "m", "Monitors", "skipped", "no Prometheus here", "", "")
    assert Plain().lines(skipped) == ["SKIP m: Monitors, no Prometheus here"]


def test_still_comes_once_a_minute_and_slow_at_once() -> None:
    plain = Plain()
    plain.lines(e.PhaseStarted(0, PHASE, normal=100, slow=150))
    assert plain.still(59) == []
    # It acts, it does not wait.
    assert plain.still(61) == []
    plain.lines(e.PhaseWaiting(70, PHASE, "OFED", since=70, error="connection refused"))
    assert plain.still(129) == []
    assert plain.still(131) == [
        "STILL network-operator 2m11s: waits for OFED since 1m01s, last error: connection refused, usual is 2m"
    ]
    assert plain.still(132) == []
    assert plain.still(151)[0].startswith("SLOW network-operator 2m31s: waits for OFED since 1m21s")
    assert plain.still(152) == []
    assert plain.still(212)[0].startswith("SLOW network-operator")
    plain.lines(e.PhaseDone(220, PHASE, 220, found=False))
    assert plain.still(400) == []


def test_stopping_says_what_goes_on() -> None:
    event = e.RunStopping(9, ("cluster",), "Azure goes on creating cluster llmd.")
    assert Plain().lines(event) == [
        "STOPPING after cluster. Azure goes on creating cluster llmd. ctrl+c again stops now."
    ]
    assert Plain().lines(e.RunStopping(9, (), "")) == ["STOPPING."]
