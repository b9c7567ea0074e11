"""What goes well is left alone: recordings of real operators, healthy logs, what is normal while a rollout goes on."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmd_tui.diagnose.case import Case, Tail
from llmd_tui.diagnose.diagnose import diagnose, findings
from llmd_tui.diagnose.looks import search
from llmd_tui.presets.failures import failures
from llmd_tui.rollout.stages import node_stages
from llmd_tui.simulator.actors.scripts import _SCRIPTS
from tests.diagnose.sick import World, crashing, unplaced
from tests.examples import examples
from tests.rollout.made import NOW, SKU_TAINT, driver, ended, mofed, node, pod, running, store, waiting
from tests.rollout.replay import GPU_NODES, needs_recordings, play

VLLM = Path(__file__).resolve().parents[3] / "shared" / "recordings" / "vllm-0.30.0" / "healthy.log"
NORMAL_ALONE = {"F-09", "F-113"}
"""Their lines are those of a good build; restarts or time make them evidence."""


@needs_recordings
@pytest.mark.parametrize(
    ("name", "strategy", "rdma", "stretch"),
    [
        ("smooth-h100-rdma", "gpu-operator", True, 1),
        ("smooth-h100-rdma", "gpu-operator", True, 8),
        ("smooth-aks-driver", "aks-driver", False, 1),
        ("smooth-aks-driver", "aks-driver", False, 8),
    ],
)
def test_a_good_rollout_is_not_ill(name: str, strategy: str, rdma: bool, stretch: float) -> None:
    for number, step in enumerate(play(name, stretch)):
        if number % 25 == 0:
            rows = node_stages(step.store, labels=GPU_NODES, strategy=strategy, rdma=rdma, gpus=8, now=step.now)
            assert diagnose(step.store, step.now, stages=rows) == ()


@needs_recordings
def test_pods_that_are_tainted_out_are_named() -> None:
    found = {
        finding.id for number, step in enumerate(play("tainted-out", 6)) if number % 12 == 0
        for finding in diagnose(step.store, step.now)
    }  # fmt: skip
    assert found == {"F-103"}


def log_patterns() -> list[tuple[str, str]]:
    looks = [(failure.id, look.pod) for failure in failures().values() for look in failure.looks]
    return [(number, pod.log) for number, pod in looks if pod and pod.log and number not in NORMAL_ALONE]


def healthy_lines() -> list[str]:
    lines = [text for script in _SCRIPTS.values() for text in (script.waiting, *(line for _, line in script.lines))]
    return [*lines, *(VLLM.read_text(errors="replace").splitlines() if VLLM.exists() else ())]


def test_lines_of_healthy_programs_are_no_evidence() -> None:
    lines = healthy_lines()
    assert len(lines) > 60
    assert [(number, line) for number, pattern in log_patterns() for line in lines if search(pattern, line)] == []


def test_waiting_for_ofed_is_the_ofed_pods_time() -> None:
    init = running("k8s-driver-manager", ready=False, started=False, seconds=800)
    waits = driver(waiting("nvidia-driver-ctr"), waiting("nvidia-peermem-ctr"), inits=[init])
    builds = mofed(running("mofed-container", ready=False, started=False, seconds=800))
    assert World([node(), waits, builds]).ids() == set()


def test_gpus_that_are_still_to_come() -> None:
    pending = unplaced("0/2 nodes are available: 2 Insufficient nvidia.com/gpu.", seconds=900)
    assert World([node(taints=[SKU_TAINT]), pending]).ids() == set()


@pytest.mark.parametrize("restarts", [0, 1])
def test_what_restarts_once_in_a_good_rollout(restarts: int) -> None:
    one = running("nvidia-container-toolkit-ctr", ready=False, restarts=restarts)
    toolkit = pod("toolkit", [one], labels={"app": "nvidia-container-toolkit-daemonset"})
    assert World([node(), driver(), toolkit]).ids() == set()


def test_a_node_that_is_silent_for_a_minute() -> None:
    assert World([node(ready=False, since=50)]).ids() == set()


def test_the_same_cause_on_many_nodes_is_one_finding() -> None:
    line = "modprobe: ERROR: could not insert 'nvidia_peermem': Invalid argument"
    worlds = [crashing("driver", "nvidia-peermem-ctr", line, name=f"sick-{n}aaaa") for n in range(3)]
    objects, logs = [], {}
    for number, world in enumerate(worlds):
        sick = world.objects[1]
        sick["spec"]["nodeName"] = f"aks-gpu-1-vmss00000{number}"
        objects += [node(f"aks-gpu-1-vmss00000{number}"), sick]
        logs |= world.logs
    (finding,) = World(objects, logs).findings()
    assert finding.title == "nvidia_peermem does not load on 3 nodes"
    assert len(finding.subjects) == len(finding.remedy.steps) == 3
    assert finding.remedy.command.count("sick-") == 3


def test_sure_only_when_ofed_has_restarted() -> None:
    line = "failed to load nvidia-peermem module"
    looped = crashing("driver", "nvidia-peermem-ctr", line).objects[1]
    looped["status"]["containerStatuses"].append(running("nvidia-driver-ctr", seconds=900))
    looped["spec"]["containers"].append({"name": "nvidia-driver-ctr", "image": "i"})
    logs = {("gpu-operator", "sick-abcde", "nvidia-peermem-ctr"): Tail((line,))}
    calm, late = (
        mofed(running("mofed-container", seconds=2000)),
        mofed(running("mofed-container", seconds=500, restarts=1)),
    )
    (likely,) = World([node(), looped, calm], logs).findings()
    (sure,) = World([node(), looped, late], logs).findings()
    assert (likely.confidence, sure.confidence) == ("likely", "sure")
    assert "mofed-x restarted 6m40s after the driver began to build" in [one.text for one in sure.evidence]


NASTY = st.text(st.characters(codec="utf-8"), max_size=80)


@settings(max_examples=examples(60))
@given(
    names=st.lists(NASTY, min_size=1, max_size=3),
    lines=st.lists(NASTY, max_size=4),
    message=NASTY,
    code=st.integers(0, 255),
)
def test_whatever_objects_hold_it_is_text(names: list[str], lines: list[str], message: str, code: int) -> None:
    """Nothing raises, nothing that a terminal would act on comes through, the order holds."""
    line = "torch.OutOfMemoryError: CUDA out of memory "
    worlds = [crashing("", name or "c", line + message, code=code, name=name or "p") for name in names]
    objects = [obj for world in worlds for obj in world.objects]
    logs = {("gpu-operator", name or "p", name or "c"): Tail((line + message, *lines)) for name in names}
    found = findings(Case(store(*objects, ended_job()), NOW, logs=logs))
    order = [("failed", "slow", "note").index(finding.state) for finding in found]
    assert order == sorted(order)
    for finding in found:
        shown = [finding.title, finding.effect, finding.cause, finding.why, finding.remedy.text]
        shown += [evidence.text for evidence in finding.evidence]
        assert all(text.isprintable() or text == "" for text in shown)


def ended_job() -> dict[str, object]:
    return pod("job", [ended("c")], phase="Succeeded")
