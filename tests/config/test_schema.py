"""The published JSON schema: as generated, and of one mind with the model."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given, settings

from llmd_tui.config.answers import Answers
from llmd_tui.config.model import Config
from llmd_tui.config.schema import schema
from tests.config.configs import configs
from tests.examples import examples

COMMITTED = Path(__file__).parents[2] / "schema" / "answers.json"
CONFIGS = sorted(COMMITTED.parents[1].glob("presets/configs/*.yaml"))
VALID: dict[str, Any] = {
    "apiVersion": "llmd-tui/v1",
    "target": {"kubeconfig": {"context": "kind"}},
    "pool": {"size": "x"},
    "path": {"name": "wide-ep"},
}


def judge() -> Any:
    return jsonschema.Draft202012Validator(json.loads(schema()))


def test_the_committed_schema_is_the_generated_one() -> None:
    assert COMMITTED.read_text() == schema(), "llmd-tui schema > schema/answers.json"


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(schema()))


@pytest.mark.parametrize("entry", CONFIGS, ids=lambda entry: entry.name)
def test_ready_made_configs_hold(entry: Path) -> None:
    judge().validate(yaml.safe_load(entry.read_text()))
    Answers.parse(entry.read_text(), entry.name).config()


@settings(max_examples=examples(40))
@given(configs)
def test_what_the_model_takes_the_schema_takes(config: Config) -> None:
    judge().validate(yaml.safe_load(Answers.of(config).text))


@pytest.mark.parametrize(
    "change",
    [
        {"apiVersion": "v2"},
        {"apiVersion": None},
        {"target": {}},
        {"target": {"azure": None}},
        {"pool": {"size": "x", "nodes": 0}},
        {"pool": {"size": "x", "more": 1}},
        {"drivers": "nvidia"},
        {"huggingFaceToken": "hf_token"},
        {"more": 1},
    ],
)
def test_what_the_model_refuses_the_schema_refuses(change: dict[str, Any]) -> None:
    judge().validate(VALID)
    assert not judge().is_valid(VALID | change)


def test_a_file_says_what_it_is() -> None:
    assert not judge().is_valid({key: value for key, value in VALID.items() if key != "apiVersion"})


def test_a_target_is_one_of_two() -> None:
    azure = {"subscription": "s", "resourceGroup": "g", "region": "r", "cluster": "c"}
    assert judge().is_valid(VALID | {"target": {"azure": azure, "kubeconfig": None}})
    assert not judge().is_valid(VALID | {"target": {"azure": azure, "kubeconfig": {"context": "kind"}}})
