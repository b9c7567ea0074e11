"""Remedies carried out, evidence written, findings kept and let go."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from llmd_tui.clock import Clock
from llmd_tui.diagnose.case import Case, LogKey, PhaseNow, Tail
from llmd_tui.diagnose.export import export, shareable
from llmd_tui.diagnose.finding import Finding, Step, Subject
from llmd_tui.diagnose.steps import carry_out, commands
from llmd_tui.diagnose.tails import AGAIN_SECONDS, LINES, MOST, Tails
from llmd_tui.diagnose.text import markdown
from llmd_tui.diagnose.watcher import HOLD_SECONDS, Watcher
from llmd_tui.errors import UserError
from llmd_tui.objects import Object
from tests.diagnose.sick import World, crashing, failed_phase, well
from tests.rollout.made import NOW, event, node, store

PEERMEM = "modprobe: ERROR: could not insert 'nvidia_peermem': Invalid argument"


def peermem() -> World:
    return crashing("driver", "nvidia-peermem-ctr", PEERMEM)


def one(world: World) -> Finding:
    (finding,) = world.findings()
    return finding


# Remedies


def test_commands_say_what_the_steps_do() -> None:
    pods = [Step("delete", Subject("Pod", "gpu-operator", name)) for name in ("a", "b")]
    label = Step("label", Subject("Namespace", "", "lws"), (("pod-security.kubernetes.io/enforce", "privileged"),))
    assert commands([*pods, label, Step("cordon", Subject("Node", "", "n1"))]).splitlines() == [
        "kubectl label namespace lws pod-security.kubernetes.io/enforce=privileged --overwrite",
        "kubectl cordon n1",
        "kubectl -n gpu-operator delete pod a b",
    ]


async def test_without_a_cluster_nothing_is_done() -> None:
    retried: list[str] = []
    with pytest.raises(UserError, match="no connection"):
        await carry_out(one(peermem()), None, retried.append)
    assert await carry_out(one(failed_phase("AllocationFailed")), None, retried.append) == "phase gpu-pool tries again."
    assert retried == ["gpu-pool"]


def test_a_failed_phase_that_nobody_knows_is_a_finding_in_its_own_words() -> None:
    finding = one(failed_phase("The moon is not there."))
    assert (finding.id, finding.state, finding.phase) == ("", "failed", "gpu-pool")
    assert finding.cause == "The moon is not there."
    assert finding.remedy.text == "Do something. Then the phase is tried again."
    assert [step.verb for step in finding.remedy.steps] == ["retry"]


def test_a_known_failure_of_a_phase_keeps_the_advice_of_who_met_it() -> None:
    finding = one(failed_phase("AllocationFailed"))
    assert finding.id == "F-101"
    assert finding.remedy.text == "Do something. Then gpu-pool is tried again."


def test_a_slow_phase_says_what_it_waits_for() -> None:
    slow = PhaseNow("gateway", "slow", NOW, elapsed=400, normal=120, slow=300, waits_for="an address", error="409 busy")
    finding = one(World(phases=(slow,)))
    assert (finding.state, finding.title) == ("slow", "gateway takes longer than usual")
    assert [(line.text, line.decisive) for line in finding.evidence] == [
        ("waits for an address", False),
        ("last error: 409 busy", True),
    ]


def test_a_slow_phase_of_azure_says_how_it_is_given_up() -> None:
    slow = PhaseNow("cluster", "slow", NOW, elapsed=4000, normal=600, slow=1200, doing="az aks create", in_azure=True)
    finding = one(World(phases=(slow,)))
    assert finding.cause == "It waits for the end of `az aks create`."
    assert "A asks Azure to give it up" in finding.remedy.text and not finding.remedy.command


def test_a_slow_phase_that_a_finding_explains_is_not_told_twice() -> None:
    slow = PhaseNow("gpu-operator", "slow", NOW, elapsed=4000, slow=1200, namespaces=("gpu-operator",))
    assert one(replace(peermem(), phases=(slow,))).phase == "gpu-operator"


def test_a_pod_that_fails_for_unknown_reasons_is_told_with_its_last_lines() -> None:
    phase = PhaseNow("gpu-operator", "running", NOW, namespaces=("gpu-operator",))
    world = replace(crashing("", "thing", "something nobody has seen"), phases=(phase,))
    finding = one(world)
    assert finding.title == "thing of sick-abcde: crash loop on gpu-0"
    assert [line.text for line in finding.evidence][-1] == "goodbye"
    assert replace(world, phases=()).findings() == ()


# Evidence


def test_evidence_as_files_without_secrets(tmp_path: Path) -> None:
    world = peermem()
    sick = world.objects[1]
    sick["spec"]["containers"][0]["env"] = [{"name": "HF_TOKEN", "value": "hf_canary"}, {"name": "A", "value": "b"}]
    sick["metadata"]["annotations"] = {"kubectl.kubernetes.io/last-applied-configuration": "hf_canary"}
    sick["metadata"]["managedFields"] = [{"manager": "x"}]
    view = store(*world.objects, event(sick, "BackOff", "Back-off restarting hf_canary"))
    finding = one(world)
    logs = {**world.logs, ("other", "pod", "c"): Tail(("not ours",))}
    path = export(finding, view, logs, tmp_path, redact=lambda text: text.replace("hf_canary", "***"))
    found = {str(file.relative_to(path)): file.read_text() for file in path.rglob("*") if file.is_file()}
    assert set(found) == {
        "finding.md",
        "objects/pod-gpu-operator-sick-abcde.yaml",
        "objects/node-gpu-0.yaml",
        "logs/gpu-operator-sick-abcde-nvidia-peermem-ctr.log",
        "events.txt",
    }
    assert not any("hf_canary" in text or "managedFields" in text for text in found.values())
    written = yaml.safe_load(found["objects/pod-gpu-operator-sick-abcde.yaml"])
    assert written["spec"]["containers"][0]["env"] == [
        {"name": "HF_TOKEN", "value": "***"},
        {"name": "A", "value": "b"},
    ]
    assert path.stat().st_mode & 0o777 == 0o700
    assert export(finding, view, logs, tmp_path).name == "evidence-F-64-2"


def test_evidence_that_cannot_be_written(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("x")
    with pytest.raises(UserError, match="cannot be written"):
        export(one(peermem()), store(), {}, blocked)


def test_names_of_secrets_stay_and_their_values_go() -> None:
    pod: Object = {
        "spec": {"env": [{"name": "T", "valueFrom": {"secretKeyRef": {"name": "llm-d", "key": "HF_TOKEN"}}}]}
    }
    assert shareable(pod) == pod
    assert shareable({"data": {"password": "x", "note": "y"}}) == {"data": {"password": "***", "note": "y"}}


def test_markdown_shows_text_as_it_is() -> None:
    finding = replace(one(peermem()), title="[red]*x*[/red] `y`")
    lines = markdown(finding).splitlines()
    assert lines[0] == "# \\[red\\]\\*x\\*\\[/red\\] \\`y\\` (F-64)"
    assert f"> {PEERMEM}" in lines
    assert "kubectl -n gpu-operator delete pod sick-abcde" in lines


# Logs


@dataclass
class Reader:
    """Answers with what there is, of containers as they are now; counts."""

    lines: dict[LogKey, list[str]] = field(default_factory=dict[LogKey, list[str]])
    asked: list[tuple[str, bool]] = field(default_factory=list[tuple[str, bool]])

    async def __call__(self, namespace: str, pod: str, container: str, *, previous: bool) -> list[str]:
        self.asked.append((pod, previous))
        if previous or (namespace, pod, container) not in self.lines:
            raise UserError("no log", "")
        return self.lines[namespace, pod, container]


@dataclass(frozen=True)
class Hand(Clock):
    """Moved by hand."""

    at: list[float] = field(default_factory=lambda: [NOW.timestamp()])

    def time(self) -> float:
        return self.at[0]

    def now(self) -> Any:
        return NOW


def case_of(world: World, logs: dict[LogKey, Tail]) -> Case:
    return Case(store(*world.objects), NOW, logs=logs, phases=world.phases)


async def test_logs_are_read_when_they_are_new_and_forgotten_when_the_pod_is_well() -> None:
    world = peermem()
    (key,) = world.logs
    reader = Reader({key: [PEERMEM] * (LINES + 50)})
    tails = Tails(reader, Hand())
    await tails.look(case_of(world, {}).patients)
    await tails.look(case_of(world, {}).patients)
    assert len(tails.logs[key].lines) == LINES
    assert reader.asked == [("sick-abcde", False)]
    await tails.look(case_of(well(world), {}).patients)
    assert tails.logs == {}


async def test_what_a_container_said_before_it_began_anew_is_kept() -> None:
    first = peermem()
    (key,) = first.logs
    clock = Hand()
    reader = Reader({key: [PEERMEM]})
    tails = Tails(reader, clock)
    await tails.look(case_of(first, {}).patients)
    again = crashing("driver", "nvidia-peermem-ctr", "", restarts=4)
    again.objects[1]["status"]["containerStatuses"][0] |= {"state": {"running": {"startedAt": "2026-11-21T11:59:59Z"}}}
    reader.lines[key] = ["reloading nvidia-peermem"]
    await tails.look(case_of(again, {}).patients)
    assert tails.logs[key].lines == ("reloading nvidia-peermem",)
    clock.at[0] += AGAIN_SECONDS
    await tails.look(case_of(again, {}).patients)
    assert tails.logs[key].previous == (PEERMEM,)


async def test_of_many_only_a_few_logs_are_read_at_a_time() -> None:
    worlds = [crashing("", "c", "x", name=f"sick-{number:05}") for number in range(40)]
    objects = [world.objects[1] for world in worlds]
    reader = Reader()
    tails = Tails(reader, Hand())
    await tails.look(case_of(World([node(), *objects]), {}).patients)
    assert len(reader.asked) == MOST


# Keeping and letting go


@dataclass
class Told:
    opened: list[str] = field(default_factory=list[str])
    closed: list[str] = field(default_factory=list[str])


def watcher(worlds: list[World], clock: Hand, told: Told) -> Watcher:
    async def never() -> None:
        await asyncio.Event().wait()

    changed: Callable[[], Awaitable[None]] = never
    logs = peermem().logs
    return Watcher(
        lambda _: case_of(worlds[0], logs),
        changed,
        Reader(),
        clock,
        opened=lambda finding: told.opened.append(finding.title),
        closed=lambda finding, reason: told.closed.append(reason or finding.title),
    )


TITLE = "nvidia_peermem does not load on gpu-0"


async def test_a_finding_outlives_the_moments_between_two_crashes() -> None:
    clock, told, worlds = Hand(), Told(), [peermem()]
    looking = watcher(worlds, clock, told)
    await looking.look()
    (first,) = looking.findings
    worlds[0] = World([node()])
    await looking.look()
    assert looking.findings == (first,)
    clock.at[0] += HOLD_SECONDS
    await looking.look()
    assert looking.findings == ()
    assert (told.opened, told.closed) == ([TITLE], [TITLE])


async def test_a_phase_that_goes_on_is_not_slow_any_more() -> None:
    slow = PhaseNow("gateway", "slow", NOW, elapsed=400, normal=120, slow=300, waits_for="an address")
    told, worlds = Told(), [World(phases=(slow,))]
    looking = watcher(worlds, Hand(), told)
    await looking.look()
    assert told.opened == ["gateway takes longer than usual"]
    worlds[0] = World()
    await looking.look()
    assert looking.findings == ()


async def test_after_its_remedy_it_goes_at_once() -> None:
    told, worlds = Told(), [peermem()]
    looking = watcher(worlds, Hand(), told)
    await looking.look()
    looking.acted(looking.findings[0])
    worlds[0] = World([node()])
    await looking.look()
    assert looking.findings == ()


async def test_what_is_waived_is_not_told_until_it_comes_again() -> None:
    clock, told, worlds = Hand(), Told(), [peermem()]
    looking = watcher(worlds, clock, told)
    await looking.look()
    looking.waive(looking.findings[0], "known")
    await looking.look()
    assert looking.findings == ()
    assert told.closed == ["known"]
    sick, worlds[0] = worlds[0], World([node()])
    clock.at[0] += HOLD_SECONDS
    await looking.look()
    worlds[0] = sick
    await looking.look()
    assert [finding.id for finding in looking.findings] == ["F-64"]
