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
    good = e.CheckDone("gpus", "GPUs allocatable", "pass", "16 of 16", "r", "kubectl get nodes", at=1, phase="validate")
    assert Plain().lines(good) == ["PASS gpus: GPUs allocatable, 16 of 16"]
    bad = e.CheckDone(
        "gpus", "GPUs allocatable", "fail", "8 of 16", "Look.", "kubectl get nodes", at=1, phase="validate"
    )
    assert Plain().lines(bad) == [
        "FAIL gpus: GPUs allocatable, 8 of 16",
        "remedy: Look.",
        "command: kubectl get nodes",
    ]
    skipped = e.CheckDone("m", "Monitors", "skipped", "no Prometheus here", "", "", at=1, phase="validate")
    assert Plain().lines(skipped) == ["SKIP m: Monitors, no Prometheus here"]


def test_still_comes_after_a_minute_of_silence_and_slow_at_once() -> None:
    plain = Plain()
    plain.lines(e.PhaseStarted(0, PHASE, normal=100, slow=150))
    plain.lines(e.ActionStarted(1, PHASE, "helm upgrade --install a\nkubectl apply"))
    assert plain.still(59) == []
    assert plain.still(61) == ["STILL network-operator 1m01s: helm upgrade --install a, usual is 2m"]
    plain.lines(e.PhaseWaiting(70, PHASE, "OFED", since=70, error="connection refused"))
    assert plain.still(129) == []
    assert plain.still(131) == [
        "STILL network-operator 2m11s: waits for OFED for 1m01s, last error: connection refused, usual is 2m"
    ]
    assert plain.still(132) == []
    assert plain.still(151)[0].startswith("SLOW network-operator 2m31s: waits for OFED for 1m21s")
    assert plain.still(152) == []
    assert plain.still(212)[0].startswith("SLOW network-operator")
    plain.lines(e.PhaseDone(220, PHASE, 220, found=False))
    assert plain.still(400) == []


def test_still_is_one_line_about_what_takes_longest() -> None:
    plain = Plain()
    plain.lines(e.PhaseStarted(0, PHASE, normal=600, slow=900))
    plain.lines(e.PhaseStarted(0, "monitoring", normal=120, slow=900))
    plain.lines(e.PhaseStarted(0, "gpu-operator", normal=900, slow=1200, beside=(PHASE,)))
    assert plain.still(70) == ["STILL network-operator 1m10s: usual is 10m; also monitoring and gpu-operator"]
    plain.lines(e.PhaseDone(80, PHASE, 80, found=False))
    assert plain.still(140) == ["STILL gpu-operator 1m00s: usual is 15m; also monitoring"]


def test_time_beside_another_phase_counts_for_that_one() -> None:
    plain = Plain()
    plain.lines(e.PhaseStarted(0, PHASE, normal=600, slow=900))
    started = plain.lines(e.PhaseStarted(10, "gpu-operator", normal=60, slow=120, beside=(PHASE,)))
    assert started == ["START gpu-operator beside network-operator: usual is 1m, slow after 2m"]
    assert plain.lines(e.PhaseWaiting(20, "gpu-operator", "GPUs", since=20)) == ["WAIT gpu-operator: waits for GPUs"]
    assert not any("gpu-operator" in line.partition(":")[0] for line in plain.still(500))
    plain.lines(e.PhaseDone(510, PHASE, 510, found=False))
    assert plain.elapsed("gpu-operator", 520) == 10
    assert plain.lines(e.PhaseWaiting(525, "gpu-operator", "pods", since=525)) == [
        "WAIT gpu-operator 15s: waits for pods"
    ]


def test_a_terminal_gets_news_of_the_same_wait_now_and_then() -> None:
    plain = Plain(brief=True)
    plain.lines(e.PhaseStarted(0, PHASE, normal=600, slow=900))
    told = [plain.lines(e.PhaseWaiting(at, PHASE, f"OFED: {at} of 32", since=0)) for at in range(1, 15)]
    assert sum(map(len, told)) == 1
    assert plain.still(15) == []
    assert plain.still(16) == ["WAIT network-operator 16s: waits for OFED: 14 of 32"]
    assert plain.still(40) == []
    assert plain.lines(e.PhaseWaiting(41, PHASE, "the device plugin", since=41)) != []


def test_a_terminal_gets_the_blocked_in_one_line() -> None:
    plain = Plain(brief=True)
    for name in ("peermem", "model-server"):
        assert plain.lines(e.PhaseBlocked(70, name, PHASE)) == []
    assert plain.lines(e.RunEnded(70, "r1", "failed", 70)) == [
        "BLOCKED by network-operator: peermem, model-server",
        "FAILED r1 after 1m10s",
    ]


def test_stopping_says_what_goes_on() -> None:
    event = e.RunStopping(9, ("cluster",), "Azure goes on creating cluster llmd.")
    assert Plain().lines(event) == [
        "STOPPING after cluster. Azure goes on creating cluster llmd. ctrl+c again stops now."
    ]
    assert Plain().lines(e.RunStopping(9, (), "")) == ["STOPPING."]


def finding(number: str = "F-41", title: str = "nvidia_peermem does not load on vmss000001") -> e.FindingSeen:
    return e.FindingSeen(130, PHASE, number, "failed", title, "invalid argument", "An old OFED.", "Restart.", "a\nb")


def test_a_finding_is_told_once_with_all_that_helps() -> None:
    plain = Plain()
    plain.lines(e.PhaseStarted(0, PHASE, normal=100, slow=150))
    assert plain.lines(finding()) == [
        "STUCK network-operator 2m10s: nvidia_peermem does not load on vmss000001 (F-41)",
        "evidence: invalid argument",
        "cause: An old OFED.",
        "remedy: Restart.",
        "command: a",
        "command: b",
    ]
    assert plain.lines(finding()) == []
    gone = e.FindingGone(140, PHASE, "F-41", finding().title, "")
    assert plain.lines(gone) == ["GONE nvidia_peermem does not load on vmss000001"]
    assert plain.lines(gone) == []
    assert plain.lines(finding()) != []


def test_what_a_failure_said_is_not_said_again_as_evidence() -> None:
    plain = Plain()
    plain.lines(e.PhaseFailed(70, PHASE, 62, "invalid argument", ""))
    assert [line.partition(":")[0] for line in plain.lines(finding())][:2] == ["STUCK network-operator", "cause"]


def test_what_nobody_can_explain_is_said_by_its_phase() -> None:
    plain = Plain()
    plain.lines(e.PhaseFailed(70, PHASE, 62, "helm failed: no space.", "Make room."))
    assert plain.lines(finding("", "helm failed: no space.")) == []
    assert plain.lines(e.FindingGone(80, PHASE, "", "helm failed: no space.", "")) == []
    accepted = e.FindingGone(80, PHASE, "", "helm failed: no space.", "ticket 7")
    assert plain.lines(accepted) == ["WAIVE helm failed: no space.: ticket 7"]
