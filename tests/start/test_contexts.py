"""The contexts of large kubeconfig files."""

import asyncio
from pathlib import Path

import pytest

from llmd_tui.kube import configfiles
from llmd_tui.kube.kubeconfig import login
from llmd_tui.start.around import Around
from llmd_tui.start.contexts import ASKED, known

MANY = 2000


@pytest.fixture
def thousands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One user has a token, the other a plugin that waits for a person; no cluster is there."""
    lines = ["apiVersion: v1", "kind: Config", "current-context: c7", "contexts:"]
    lines += [f"- {{name: c{n}, context: {{cluster: k{n}, user: {'p' if n % 5 == 0 else 't'}}}}}" for n in range(MANY)]
    lines += ["clusters:", *(f'- {{name: k{n}, cluster: {{server: "http://127.0.0.1:9"}}}}' for n in range(MANY))]
    plugin = "{apiVersion: client.authentication.k8s.io/v1, command: kubelogin, args: [get-token, -l, devicecode]}"
    lines += ["users:", "- {name: t, user: {token: t}}", f"- {{name: p, user: {{exec: {plugin}}}}}"]
    file = tmp_path / "kubeconfig"
    file.write_text("\n".join(lines))
    monkeypatch.setenv("KUBECONFIG", str(file))
    return file


async def test_a_file_is_parsed_once_for_all_its_contexts(thousands: Path) -> None:
    configfiles._parsed.cache_clear()
    found = await known()
    assert len(found) == MANY and found[0].name == "c7" and found[0].current
    assert sum(each.asks_a_person for each in found) == MANY / 5
    for name in ("c1", "c2", "c3"):
        assert (await login(thousands, name)).context == name
    assert configfiles._parsed.cache_info().misses == 1
    await asyncio.to_thread(thousands.write_text, thousands.read_text() + "\n# changed")  # noqa: ASYNC240
    await known()
    assert configfiles._parsed.cache_info().misses == 2


async def test_only_some_clusters_are_asked_by_themselves(thousands: Path) -> None:
    around = Around(lambda: None)
    await around.read_contexts()
    assert len(around.clusters) == ASKED == len(around.awaited)
    assert {reading.state for reading in around.clusters.values()} == {"failed"}
    assert "c7" in around.awaited and "c0" not in around.awaited
    await around.read_cluster("c1999")
    assert around.clusters["c1999"].error == "no answer"
