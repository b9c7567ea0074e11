"""The catalogue of failures: whole, with texts that can be told and commands that can be run."""

import re
from string import Formatter
from typing import get_args

import pytest
from pydantic import ValidationError

from llmd_tui.config.schema import schema
from llmd_tui.diagnose.observations import OBSERVATIONS
from llmd_tui.presets.failures import Failure, Look, PodLook, StageLook, failures
from llmd_tui.rollout.stages import stages_of

ALL = list(failures().values())
TOLD = {"nodes", "node", "names", "name", "namespace", "container", "image", "count", "kind", "phase"}
STRATEGIES = ("gpu-operator", "aks-driver", "aks-managed-gpu")
STAGES = {stage.name for strategy in STRATEGIES for stage in stages_of(strategy, True)}
FIELD = re.compile(r"\(((?:pool|path|gateway|cache|target)(?:\.\w+)+|huggingFaceToken|lockedMemory)\)")


def patterns(value: object) -> list[str]:
    """All regular expressions of a look."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [found for item in value.values() for found in patterns(item)]
    return []


def groups(look: Look) -> set[str]:
    """What the patterns of a look catch."""
    return set(re.findall(r"\(\?P<(\w+)>", " ".join(patterns(look.model_dump(exclude_none=True)))))


def templates(failure: Failure) -> list[str]:
    remedy = failure.remedy
    return [failure.title, failure.effect, failure.cause, failure.why, remedy.text, remedy.command,
            *(text for one in failure.confirmed for text in (one.cause, one.why))]  # fmt: skip


def test_there_are_many() -> None:
    assert len(ALL) >= 90
    assert all(re.fullmatch(r"F-\d+a?", failure.id) for failure in ALL)


@pytest.mark.parametrize("failure", ALL, ids=lambda failure: failure.id)
def test_an_entry(failure: Failure) -> None:
    named = {name for text in templates(failure) for _, name, _, _ in Formatter().parse(text) if name}
    assert all(named <= TOLD | groups(look) for look in failure.looks), "every look must know what is told"
    assert all(one.see in OBSERVATIONS for one in failure.confirmed)
    remedy = failure.remedy
    assert remedy.command or remedy.act, "x must do or copy something"
    assert not (remedy.act and remedy.command), "the command follows from the act"
    for text in (failure.title, failure.effect, failure.cause, remedy.text):
        assert "!" not in text and "please" not in text.lower()
    assert failure.effect.endswith(".") and failure.cause.endswith(".") and failure.why.endswith(".")
    assert not failure.title.endswith(".") and len(failure.title) <= 90
    for look in failure.looks:
        if isinstance(look.stage, StageLook):
            assert set(look.stage.stages) <= STAGES


def test_destructive_words_ask_first() -> None:
    risky = re.compile(r"\bdrain\b|\breimage\b|restart the node|what they do now is lost", re.IGNORECASE)
    for failure in ALL:
        remedy = failure.remedy
        if risky.search(remedy.text) and remedy.act:
            assert remedy.danger, failure.id
        if risky.search(remedy.command):
            assert remedy.danger, failure.id


def test_fields_of_the_answers_file_exist() -> None:
    """Remedies name fields as `(path.maxModelLen)`."""
    known = schema()
    for failure in ALL:
        for field in FIELD.findall(failure.remedy.text):
            assert f'"{field.rpartition(".")[2]}"' in known, (failure.id, field)


def test_a_typing_mistake_does_not_pass() -> None:
    with pytest.raises(ValidationError):
        PodLook.model_validate({"rolls": ["driver"]})
    with pytest.raises(ValidationError):
        PodLook.model_validate({"log": "(unclosed"})
    with pytest.raises(ValidationError):
        Look.model_validate({})
    with pytest.raises(ValidationError):
        Look.model_validate({"pod": {}, "phase": {"text": "x"}})
    assert get_args(Failure.model_fields["state"].annotation) == ("failed", "slow", "note")
