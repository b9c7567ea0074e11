"""Which runs are told that what they made is gone."""

import pytest

from llmd_tui.azure.removal import Removal, What
from llmd_tui.config.answers import Answers
from llmd_tui.config.sources import Layered
from llmd_tui.plan.choose import choose
from llmd_tui.plan.make import plan_of
from llmd_tui.presets.loading import folder
from llmd_tui.run.destroyed import note_destroyed
from llmd_tui.run.directory import RunDirectory, Terms
from llmd_tui.run.teardown import Teardown

PRESET = folder("configs", "h100-pd-disaggregation.yaml").read_text(encoding="utf-8")
OTHERS = {
    "same": {},
    "other pool": {"pool.name": "gpu2"},
    "other cluster": {"target.azure.cluster": "llm-d-2"},
    "other group": {"target.azure.resourceGroup": "llm-d-2"},
    "other subscription": {"target.azure.subscription": "6b0c3f1e-0000-4000-8000-5d1a70000009"},
}


def layered(**flags: str) -> Layered:
    return Layered(environment={}, flags=flags, file=Answers.parse(PRESET, "preset"))


def run(said: dict[str, str], simulate: str | None = None) -> RunDirectory:
    directory = RunDirectory.create(Terms("llm-d", simulate), layered(**said).answers().text, {})
    directory.unlock()
    return directory


def gone(what: What) -> Teardown:
    chosen = layered()
    choice = choose(chosen.config(), chosen.place)
    removal = Removal(what, "llm-d", (), "/path", "1")
    return Teardown(what, "llm-d", (), (), choice, plan_of(choice), choice.place, removal)


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("group", {"same", "other pool", "other cluster"}),
        ("cluster", {"same", "other pool"}),
        ("pool", {"same"}),
    ],
)
def test_what_lay_in_it_goes_with_it(what: What, told: set[str]) -> None:
    runs = {name: run(said) for name, said in OTHERS.items()}
    rehearsed = run({}, "smooth")
    note_destroyed(gone(what))
    assert {name for name, directory in runs.items() if directory.destroyed} == told
    assert not rehearsed.destroyed


def test_a_rehearsal_has_a_place_of_its_own() -> None:
    real, rehearsed, another = run({}), run({}, "smooth"), run({}, "smooth")
    note_destroyed(gone("group"), rehearsed.path)
    assert rehearsed.destroyed
    assert not real.destroyed
    assert not another.destroyed


def test_the_run_that_it_was_asked_of_however_its_subscription_is_written() -> None:
    named, broken = run({"target.azure.subscription": "contoso-ml"}), run({})
    broken.answers.write_text("apiVersion: [")
    note_destroyed(gone("group"), named.path)
    assert named.destroyed
    assert not broken.destroyed
