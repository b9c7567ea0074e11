"""The run's own kubeconfig."""

import base64
from pathlib import Path

import pytest
import yaml

from llmd_tui.errors import UserError
from llmd_tui.run.kubeconfig import flattened


def write(path: Path, **sections: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump({"apiVersion": "v1", "kind": "Config", **sections}))
    return path


@pytest.fixture
def two_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "a" / "pki").mkdir(parents=True)
    (tmp_path / "a" / "pki" / "ca.pem").write_bytes(b"CA")
    first = write(
        tmp_path / "a" / "config",
        contexts=[{"name": "one", "context": {"cluster": "c1", "user": "u1", "namespace": "n"}}],
        clusters=[{"name": "c1", "cluster": {"server": "https://one", "certificate-authority": "pki/ca.pem"}}],
    )
    second = write(
        tmp_path / "b" / "config",
        contexts=[{"name": "two", "context": {"cluster": "c1", "user": "u2"}}],
        clusters=[{"name": "c1", "cluster": {"server": "https://hidden"}}],
        users=[
            {"name": "u1", "user": {"token": "t1"}},
            {"name": "u2", "user": {"tokenFile": "token", "exec": {"command": "kubelogin"}}},
        ],
    )
    monkeypatch.setenv("KUBECONFIG", f"{first}:{tmp_path / 'absent'}:{second}")
    return tmp_path


def test_one_context_with_everything_in_it(two_files: Path) -> None:
    config = yaml.safe_load(flattened("one"))
    assert config["current-context"] == "one"
    assert config["contexts"] == [{"name": "one", "context": {"cluster": "c1", "user": "u1", "namespace": "n"}}]
    cluster = config["clusters"][0]["cluster"]
    assert cluster == {"server": "https://one", "certificate-authority-data": base64.b64encode(b"CA").decode()}
    assert config["users"] == [{"name": "u1", "user": {"token": "t1"}}]


def test_the_first_file_wins_and_paths_become_absolute(two_files: Path) -> None:
    config = yaml.safe_load(flattened("two"))
    assert config["clusters"][0]["cluster"]["server"] == "https://one"
    assert config["users"][0]["user"]["tokenFile"] == str(two_files / "b" / "token")
    assert config["users"][0]["user"]["exec"] == {"command": "kubelogin"}


def test_what_is_missing_is_named(two_files: Path) -> None:
    with pytest.raises(UserError, match="no context three"):
        flattened("three")
    (two_files / "a" / "pki" / "ca.pem").unlink()
    with pytest.raises(UserError, match=r"ca\.pem, which the kubeconfig names, cannot be read"):
        flattened("one")
