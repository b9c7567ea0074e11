"""The bundle holds all of the plan, nothing secret, and plans the same again."""

import json
import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from llmd_tui.config.answers import Answers
from llmd_tui.config.problems import AnswersError
from llmd_tui.errors import UserError
from llmd_tui.export.bundle import write_bundle
from llmd_tui.export.text import dump, dump_all
from llmd_tui.objects import Object
from llmd_tui.plan.actions import Apply, Helm
from llmd_tui.plan.choose import choose
from llmd_tui.plan.make import make_plan, plan_of
from llmd_tui.plan.output import plan_json
from tests.examples import examples
from tests.export.bundles import READY_MADE, VARIANTS, answers, exported

CANARY = "hf_canaryCanary123"


def configs() -> list[Any]:
    """All of them as they are; all variants of one, those of the others are for the gate."""
    return [
        pytest.param(
            path.read_text(),
            changes,
            id=f"{path.stem}-{number}",
            marks=[pytest.mark.slow] if number and path != READY_MADE[0] else [],
        )
        for path in READY_MADE
        for number, changes in enumerate(VARIANTS)
    ]


@pytest.mark.parametrize(("text", "changes"), configs())
def test_every_config_exports_whole(text: str, changes: Mapping[str, object]) -> None:
    made = answers(text, changes)
    try:
        plan, files = exported(made)
    except AnswersError:
        pytest.skip("these do not go together")
    again = make_plan(Answers.parse(files["answers.yaml"], "answers.yaml").config())
    assert plan_json(again) == plan_json(plan)

    loaded = {name: list(yaml.safe_load_all(text)) for name, text in files.items() if name.startswith(("v", "m"))}
    applied = [obj for name, objects in loaded.items() if name.startswith("manifests/") for obj in objects]
    wanted = [obj for phase in plan.phases for a in phase.actions if isinstance(a, Apply) for obj in a.objects]
    secrets = [obj for obj in wanted if obj["kind"] == "Secret"]
    assert applied == [json.loads(json.dumps(obj)) for obj in wanted if obj not in secrets]
    for secret in secrets:
        assert f"create secret generic {secret['metadata']['name']} " in files["install.sh"]
    for phase in plan.phases:
        for action in phase.actions:
            if isinstance(action, Helm):
                assert loaded[f"values/{action.release}.yaml"] == [json.loads(json.dumps(action.values))]
                assert f"helm upgrade --install {action.release} " in files["install.sh"]
    for name in loaded:
        assert f'"$bundle"/{name}' in files["install.sh"]


def test_a_script_that_bash_understands(tmp_path: Path) -> None:
    """All of them in one go: starting a shell takes longer than reading the script."""
    made: list[str] = []
    for number, parameter in enumerate(configs()):
        try:
            _, files = exported(answers(*parameter.values))
        except AnswersError:
            continue
        script = tmp_path / f"{number}.sh"
        script.write_text(files["install.sh"])
        made.append(str(script))
    assert len(made) > len(READY_MADE)
    for script in made:
        subprocess.run(["bash", "-n", script], check=True)


def test_every_command_of_the_azure_cli_names_the_subscription() -> None:
    """It may be set to another one."""
    for path in configs():
        made = answers(*path.values)
        azure = made.config().target.azure
        if azure is None:
            continue
        _, files = exported(made)
        text = files["install.sh"].replace("\\\n", " ")
        asked = [line for line in text.splitlines() if re.search(r"^(az|wait_for .*feature_registered) ", line)]
        assert asked
        assert [line for line in asked if f"--subscription {azure.subscription}" not in line] == []


def test_no_secret_in_the_bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", CANARY)
    made = answers(READY_MADE[0].read_text(), {"huggingFaceToken": "env:HF_TOKEN"})
    choice = choose(made.config())
    written = write_bundle(tmp_path / "out", made.text, choice, plan_of(choice))
    assert all(CANARY not in path.read_text() for path in written)
    assert "env:HF_TOKEN" in (tmp_path / "out" / "README.md").read_text()


def test_files_on_the_disk(tmp_path: Path) -> None:
    made = answers(READY_MADE[0].read_text(), {})
    choice = choose(made.config())
    (tmp_path / "out").mkdir()
    write_bundle(tmp_path / "out", made.text, choice, plan_of(choice))
    assert os.access(tmp_path / "out" / "install.sh", os.X_OK)
    assert (tmp_path / "out" / "answers.yaml").read_text() == READY_MADE[0].read_text()
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("where", ["full", "file", "file/below"])
def test_nothing_is_overwritten(tmp_path: Path, where: str) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "keep").write_text("x")
    (tmp_path / "file").write_text("x")
    made = answers(READY_MADE[0].read_text(), {})
    choice = choose(made.config())
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(UserError):
        write_bundle(tmp_path / where, made.text, choice, plan_of(choice))
    assert sorted(tmp_path.rglob("*")) == before


def test_the_readme_says_what_it_costs_and_how_to_undo_it() -> None:
    plan, files = exported(answers(READY_MADE[0].read_text(), {}))
    assert f"{plan.cost_per_hour.amount:.2f} USD an hour" in files["README.md"]
    assert "How to undo it" in files["README.md"]
    assert all(f"**{phase.name}**" in files["README.md"] for phase in plan.phases if phase.actions[1:])


texts = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"], include_characters=" \n"), max_size=9)
json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), texts),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)),
    max_leaves=5,
)


@settings(max_examples=examples(50))
@given(st.dictionaries(texts, json_values, max_size=3))
def test_yaml_says_the_same(value: Object) -> None:
    assert yaml.safe_load(dump(value)) == value


def test_yaml_as_people_and_other_readers_take_it() -> None:
    shared = [{"key": "sku"}]
    text = dump_all(
        [{"a": shared, "b": shared, "number": "1e3", "m": "0x1f", "t": "1.35", "y": "Y"}, {"script": "one\ntwo\n"}]
    )
    assert "&" not in text
    assert "*" not in text
    assert 'number: "1e3"' in text
    assert '"Y"' in text
    assert "script: |\n  one\n  two\n" in text
    assert len(list(yaml.safe_load_all(text))) == 2
