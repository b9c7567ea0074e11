"""A canary: the value of a secret is seen nowhere but where it is sent."""

import copy
import json
import pickle
import sys
import traceback
from base64 import b64encode
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmd_tui.config.answers import Answers
from llmd_tui.config.secrets import Secret, Secrets, is_reference, mask, missing, redact, resolve
from llmd_tui.errors import UserError

CANARY = "hf_CanaryCanary1234567890"


@pytest.fixture
def secret() -> Secret:
    return resolve("env:HF_TOKEN", {"HF_TOKEN": f"{CANARY}\n"})


def test_the_value_is_there_for_the_moment_of_sending(secret: Secret) -> None:
    assert secret.reveal() == CANARY


def test_nothing_shows_it(secret: Secret) -> None:
    shown = [repr(secret), str(secret), f"{secret}", f"{secret!r:>40}", repr([secret]), repr({"a": secret})]
    assert CANARY not in "".join(shown)
    assert CANARY not in repr([getattr(secret, name) for name in Secret.__slots__])
    assert not hasattr(secret, "__dict__")


def test_nothing_writes_it(secret: Secret) -> None:
    for write in (pickle.dumps, copy.copy, copy.deepcopy, json.dumps):
        with pytest.raises(TypeError) as caught:
            write(secret)
        assert CANARY not in str(caught.value)


def test_a_traceback_that_lists_variables_does_not_hold_it(secret: Secret) -> None:
    def fails(token: Secret) -> None:
        raise ValueError(f"no good: {token}")

    try:
        fails(secret)
    except ValueError as error:
        told = traceback.TracebackException.from_exception(error, capture_locals=True)
        assert CANARY not in "".join(told.format())


@pytest.mark.parametrize("content", ["a b", f"{CANARY}\nsecond", f"{CANARY}\x00", "", " \n", "\udcff"])
def test_no_error_holds_it(tmp_path: Path, content: str) -> None:
    file = tmp_path / "token"
    file.write_bytes(content.encode(errors="surrogateescape"))
    with pytest.raises(UserError) as caught:
        resolve(f"file:{file}")
    error: BaseException | None = caught.value
    while error:
        assert CANARY not in repr(error.args)
        error = error.__cause__ or error.__context__


def test_what_is_too_short_is_no_token_and_takes_no_word_apart(tmp_path: Path) -> None:
    """`x` as a token would be taken out of every text."""
    (tmp_path / "token").write_text("gpu\n")
    secrets = Secrets({"HF_TOKEN": "x"})
    for reference in ("env:HF_TOKEN", f"file:{tmp_path / 'token'}"):
        with pytest.raises(UserError, match="too short"):
            secrets(reference)
    assert secrets.redact("gpu-operator, next") == "gpu-operator, next"


def test_no_answers_file_takes_it(tmp_path: Path) -> None:
    answers = Answers.new()
    with pytest.raises(UserError) as caught:
        answers.set("huggingFaceToken", CANARY)
    answers.set("huggingFaceToken", "env:HF_TOKEN")
    answers.save(tmp_path / "answers.yaml")
    assert CANARY not in str(caught.value) + (tmp_path / "answers.yaml").read_text()


def test_secrets_remember_what_to_take_out(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(f"{CANARY}2\n")
    secrets = Secrets({"HF_TOKEN": CANARY})
    assert secrets("env:HF_TOKEN") == CANARY
    assert secrets(f"file:{tmp_path / 'token'}") == f"{CANARY}2"
    line = f"x {CANARY} y {CANARY}2 z {b64encode(CANARY.encode()).decode()}"
    assert "Canary" not in secrets.redact(line)
    assert secrets.redact(line).startswith(f"x [env:HF_TOKEN] y [file:{tmp_path / 'token'}] z [")


@given(st.text(st.characters(codec="ascii", categories=["L", "N", "P", "S"]), min_size=1), st.text(), st.text())
def test_redacted_texts_hold_no_secret(value: str, before: str, after: str) -> None:
    token = Secret("env:X", value)
    for spelt in (value, json.dumps({"t": value}), b64encode(value.encode()).decode()):
        found = redact(before + spelt + after, [token])
        assert spelt not in found.replace("[env:X]", "\x00")


@pytest.mark.parametrize(
    ("reference", "reason"),
    [
        ("env:HF_TOKEN", ""),
        ("env:NOT_THERE", "NOT_THERE is not set"),
        ("env:EMPTY", "EMPTY is empty"),
        ("env:SHORT", "SHORT is too short: a token has 8 or more characters."),
        ("file:/nowhere/token", "does not exist"),
        ("file:/", "is a directory"),
        (f"env:{CANARY}", "hf_… is not set"),
        ("secret:my-token", ""),
        ("keyring:", "not given as a reference"),
        (CANARY, "not given as a reference"),
    ],
)
def test_existence_is_told_without_reading(reference: str, reason: str) -> None:
    found = missing(reference, {"HF_TOKEN": CANARY, "EMPTY": "", "SHORT": "x"})
    assert reason in found
    assert bool(reason) == bool(found)
    assert CANARY not in found


def test_a_secret_of_the_cluster_is_not_read_here() -> None:
    with pytest.raises(UserError, match="in the cluster"):
        resolve("secret:my-token")


def test_the_keyring_is_optional(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(UserError, match="package keyring"):
        resolve("keyring:hf")


def test_the_keyring_is_asked_by_service_and_name(monkeypatch: pytest.MonkeyPatch) -> None:
    stored = {("llmd-tui", "hf"): CANARY}
    ring = SimpleNamespace(
        get_password=lambda service, name: stored.get((service, name)),
        errors=SimpleNamespace(KeyringError=RuntimeError),
    )
    monkeypatch.setitem(sys.modules, "keyring", ring)
    assert resolve("keyring:hf").reveal() == CANARY
    assert "under other" in missing("keyring:other")


@pytest.mark.parametrize("text", ["env:A", "file:/a b", "keyring:x", "secret:a.b-c"])
def test_references(text: str) -> None:
    assert is_reference(text)


@pytest.mark.parametrize("text", ["", "HF_TOKEN", "env:", "env:1A", "secret:A", "vault:x", f"x{CANARY}"])
def test_not_references(text: str) -> None:
    assert not is_reference(text)


def test_what_looks_like_a_token_is_masked() -> None:
    assert mask(f"env:{CANARY} and hf_") == "env:hf_… and hf_"
