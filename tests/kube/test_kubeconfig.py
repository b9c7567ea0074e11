"""Kubeconfig files, good and bad, and credential plugins."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from llmd_tui.errors import UserError
from llmd_tui.kube.connection import Cluster
from llmd_tui.kube.kubeconfig import contexts
from tests.kube.server import kubeconfig, serving, status

TWO = """
apiVersion: v1
kind: Config
current-context: {current}
clusters: [{{name: a, cluster: {{server: "http://a"}}}}, {{name: b, cluster: {{server: "http://b"}}}}]
users: [{{name: u, user: {{token: t}}}}]
contexts: [{{name: one, context: {{cluster: a, user: u}}}}, {{name: two, context: {{cluster: b, user: u}}}}]
"""


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (None, "There is no kubeconfig at .*az aks get-credentials"),
        ("a: [", "is not YAML"),
        ("\0", "is not YAML"),
        ("just words", "is not a kubeconfig"),
        ("contexts: 5", "contexts is not a list of named entries"),
        ("contexts: [{}]", "contexts is not a list of named entries"),
        ("", "is not a kubeconfig"),
        ("{kind: Config}", "has no current context"),
        (TWO.format(current="three"), "has no context three. Contexts there: one, two"),
        (TWO.format(current='""'), "has no current context. Name one with --context: one, two"),
        ("{current-context: x, contexts: [{name: x, context: {cluster: gone}}]}", "Context x of .* gone"),
        ("{current-context: x, contexts: [{name: x}]}", "Context x of .* cannot be used"),
    ],
)
async def test_bad_files(tmp_path: Path, content: str | None, complaint: str) -> None:
    path = tmp_path / "kubeconfig"
    if content is not None:
        path.write_text(content)
    with pytest.raises(UserError, match=complaint):
        await Cluster.connect(path)


async def test_directory(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be read: Is a directory"):
        await Cluster.connect(tmp_path)


async def test_bad_certificate(tmp_path: Path) -> None:
    authority = {"certificate-authority-data": "bm9uZQ=="}
    with pytest.raises(UserError, match=r"Context c of .* cannot be used"):
        await Cluster.connect(kubeconfig(tmp_path / "k", "https://127.0.0.1:1", tls=authority))


async def test_missing_certificate(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"Context c of .* cannot be used.*nowhere.pem"):
        await Cluster.connect(kubeconfig(tmp_path / "k", "https://x", tls={"certificate-authority": "nowhere.pem"}))


async def test_unknown_context(tmp_path: Path) -> None:
    path = tmp_path / "k"
    path.write_text(TWO.format(current="one"))
    with pytest.raises(UserError, match=r"has no context prod\. Contexts there: one, two"):
        await Cluster.connect(path, "prod")


async def test_contexts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "k"
    path.write_text(TWO.format(current="two"))
    other = kubeconfig(tmp_path / "other", "http://other")
    assert contexts(path) == (["one", "two"], "two")
    async with await Cluster.connect(path, "one") as cluster:
        assert (cluster.server, cluster.context) == ("http://a", "one")
    monkeypatch.setenv("KUBECONFIG", f"{other}:{path}:{tmp_path / 'missing'}")
    assert contexts() == (["c", "one", "two"], "c"), "as kubectl: the first file that names one decides"
    monkeypatch.delenv("KUBECONFIG")
    with pytest.raises(UserError, match=r"\.kube/config"):
        await Cluster.connect()


class Tokens:
    """A server that accepts one token, and counts whom it refuses."""

    def __init__(self, accepted: str) -> None:
        self.accepted = accepted
        self.refused = 0

    async def __call__(self, request: web.BaseRequest) -> web.Response:
        if request.headers.get("Authorization") == f"Bearer {self.accepted}":
            return web.json_response({})
        self.refused += 1
        return status(401, "Unauthorized", "Unauthorized")


async def test_renewed_token_is_read_once_the_old_one_is_refused(tmp_path: Path) -> None:
    tokens = Tokens("old")
    async with serving(tokens) as url:
        path = kubeconfig(tmp_path / "k", url, user={"token": "old"})
        async with await Cluster.connect(path) as cluster:
            await cluster.version()
            tokens.accepted = "new"
            kubeconfig(path, url, user={"token": "new"})
            await asyncio.gather(*(cluster.version() for _ in range(5)))
            refused = tokens.refused
            await cluster.version()
    assert tokens.refused == refused <= 5


def plugin(folder: Path, script: str, **status_: Any) -> dict[str, Any]:
    """A user entry whose credential plugin runs a Python script, with `credential` at hand."""
    version = "client.authentication.k8s.io/v1"
    credential = {"apiVersion": version, "kind": "ExecCredential", "status": status_}
    file = folder / "plugin.py"
    file.write_text(f"import json, sys, pathlib\ncredential = json.loads({json.dumps(credential)!r})\n{script}")
    return {"exec": {"apiVersion": version, "command": sys.executable, "args": [str(file)]}}


async def test_plugin_token_and_its_renewal(tmp_path: Path) -> None:
    tokens = Tokens("first")
    (tmp_path / "token").write_text("first")
    script = """
credential["status"]["token"] = pathlib.Path(__file__).with_name("token").read_text()
print(json.dumps(credential))
"""
    async with serving(tokens) as url:
        user = plugin(tmp_path, script, expirationTimestamp="2999-01-01T00:00:00Z")
        async with await Cluster.connect(kubeconfig(tmp_path / "k", url, user=user)) as cluster:
            await cluster.version()
            tokens.accepted = "second"
            (tmp_path / "token").write_text("second")
            await cluster.version()
    assert tokens.refused == 1


@pytest.mark.parametrize(
    ("script", "trouble"),
    [
        ("sys.exit('not logged in')", "it ended with exit code 1: not logged in"),
        ("print('hello')", "does not print an ExecCredential"),
        ("print('[1]')", "does not print an ExecCredential"),
        ("print('{}')", "does not print an ExecCredential"),
        (
            "credential['apiVersion'] = 'old/v1'; print(json.dumps(credential))",
            "it speaks old/v1, the kubeconfig client",
        ),
        ("print(json.dumps(credential))", "neither a token nor a certificate"),
    ],
)
async def test_failing_plugin(tmp_path: Path, script: str, trouble: str, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UserError, match=rf"credential plugin .* of context c gives no token: .*{trouble}"):
        await Cluster.connect(kubeconfig(tmp_path / "k", "http://x", user=plugin(tmp_path, script)))
    assert capfd.readouterr() == ("", "")


async def test_missing_plugin(tmp_path: Path) -> None:
    user = {"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": "kubelogin-of-nobody"}}
    with pytest.raises(UserError, match=r"kubelogin-of-nobody .* is not on the PATH.*install-cli"):
        await Cluster.connect(kubeconfig(tmp_path / "k", "http://x", user=user))


async def test_plugin_that_waits_for_somebody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("llmd_tui.kube.plugin._PATIENCE", 0.5)
    script = """
import os, signal
pathlib.Path(__file__).with_name("pid").write_text(str(os.getpid()))
assert sys.stdin.read() == ""
signal.pause()
"""
    with pytest.raises(UserError, match=r"gives no token: it does not end within 0 s\..*kubelogin convert-kubeconfig"):
        await Cluster.connect(kubeconfig(tmp_path / "k", "http://x", user=plugin(tmp_path, script)))
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


async def test_plugin_runs_again_before_its_token_expires(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("llmd_tui.kube.kubeconfig._PLUGIN_PAUSE", 0)
    tokens = Tokens("2")
    script = """
counter = pathlib.Path(__file__).with_name("count")
number = int(counter.read_text()) + 1 if counter.exists() else 1
counter.write_text(str(number))
credential["status"]["token"] = str(number)
print(json.dumps(credential))
"""
    async with serving(tokens) as url:
        user = plugin(tmp_path, script, expirationTimestamp="2020-01-01T00:00:00Z")
        async with await Cluster.connect(kubeconfig(tmp_path / "k", url, user=user)) as cluster:
            await cluster.version()
    assert tokens.refused == 0
