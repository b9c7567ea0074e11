"""Our requests and the Azure CLI's: the same, in both directions.

recorded/cli.json holds what the real CLI sent for the seeds' commands and for each command that a plan shows
(`tests/azure/record.py`). So a command given to the CLI does what the plan does, and the plan does what the CLI would.
"""

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from llmd_tui.plan.actions import Arm
from tests.azure.az import Az
from tests.azure.record import RECORDED, SEEDS, record
from tests.azure.variants import VARIANTS, config, plain, requests, write_key

KEPT: Mapping[str, Any] = json.loads(RECORDED.read_text())


@pytest.fixture(autouse=True)
def the_key_is_there() -> None:
    write_key(Path.home())


def recorded(command: tuple[str, ...]) -> dict[str, Any]:
    """The one changing request of a command."""
    text = " ".join(command)
    assert text in KEPT["sent"], "new or changed command: python -m tests.azure.record AZ"
    (sent,) = KEPT["sent"][text]
    return sent


def of(variant: str, end: str) -> Arm:
    return next(request for request in requests(variant) if request.command[: len(end.split())] == tuple(end.split()))


def pool_of(cluster: Mapping[str, Any], name: str) -> dict[str, Any]:
    profiles = cluster["properties"]["agentPoolProfiles"]
    return next({k: v for k, v in profile.items() if k != "name"} for profile in profiles if profile["name"] == name)


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_command_that_a_plan_shows_sends_what_the_plan_sends(variant: str) -> None:
    for request in requests(variant):
        sent = recorded(request.command)
        assert sent["method"] == request.method
        assert sent["path"].lower() == request.path.lower()
        assert sent["query"] == {}
        ours = plain(request.body)
        if request.command[:3] == ("az", "aks", "create"):
            # One request makes both; the CLI's own can make the system pool alone.
            profiles = ours["properties"]["agentPoolProfiles"]
            ours["properties"]["agentPoolProfiles"] = [p for p in profiles if p["mode"] == "System"]
        assert (plain(sent["body"]) or None) == (ours or None), " ".join(request.command)


@pytest.mark.parametrize("variant", [name for name in VARIANTS if name != "existing cluster"])
def test_the_pool_in_the_clusters_request_is_the_pool_that_the_cli_adds(variant: str) -> None:
    cluster = of(variant, "az aks create")
    pool = next(request for request in requests(variant) if "/agentPools/" in request.path)
    name = pool.path.rpartition("/")[2]
    assert cluster.body is not None
    assert plain(pool_of(cluster.body, name)) == plain(recorded(pool.command)["body"]["properties"])


def test_the_seeds_cluster() -> None:
    """The seed names no pool, version, OS and tags, and takes the free tier; the rest is what we send."""
    (sent,) = KEPT["sent"][SEEDS["seed: cluster"]]
    body = of("SSH key", "az aks create").body
    assert body is not None
    theirs, ours = plain(sent["body"]), plain(body)
    pool = theirs["properties"].pop("agentPoolProfiles")[0]
    own = next(p for p in ours["properties"].pop("agentPoolProfiles") if p["mode"] == "System")
    assert {key for key in own if own[key] != pool.get(key)} == {
        "name",
        "vmSize",
        "count",
        "osSKU",
        "orchestratorVersion",
    }
    assert set(pool) <= set(own)
    del ours["tags"], ours["properties"]["kubernetesVersion"], ours["sku"]["tier"], theirs["sku"]["tier"]
    assert ours == theirs


@pytest.mark.parametrize(
    ("seed", "variant", "more"),
    [
        ("seed: driver none", "gpu-operator", {"count", "osSKU", "osDiskSizeGB", "tags"}),
        ("seed: os and driver", "aks-driver", {"count", "osSKU", "osDiskSizeGB", "tags"}),
    ],
)
def test_the_seeds_pools(seed: str, variant: str, more: set[str]) -> None:
    """Ours also pins the system and its disk, so that drivers fit and models find room, and says whose it is."""
    (sent,) = KEPT["sent"][SEEDS[seed]]
    body = of(variant, "az aks nodepool add").body
    assert body is not None
    theirs, ours = plain(sent["body"])["properties"], plain(body)["properties"]
    assert set(theirs) <= set(ours)
    assert {key for key in ours if ours[key] != theirs.get(key)} == more


def test_the_key_is_sent_as_it_stands_in_its_file() -> None:
    body = of("SSH key", "az aks create").body
    assert body is not None
    key = body["properties"]["linuxProfile"]["ssh"]["publicKeys"][0]["keyData"]
    assert key.endswith("\n")


def test_every_variant_is_a_config() -> None:
    assert len({config(variant).model_dump_json() for variant in VARIANTS}) == len(VARIANTS)


def test_what_the_cli_writes_stays_in_its_own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`az aks get-credentials --file kubeconfig` writes where it is started."""
    here, own, program = (tmp_path / name for name in ("here", "own", "bin"))
    for folder in (here, own, program):
        folder.mkdir()
    python = program / "python"
    python.write_text("#!/bin/sh\ntouch kubeconfig\n")
    python.chmod(0o700)
    monkeypatch.chdir(here)
    Az(str(program / "az"), "http://127.0.0.1:1", str(own)).run("aks", "get-credentials", "--file", "kubeconfig")
    assert (own / "kubeconfig").exists()
    assert list(here.iterdir()) == []


@pytest.mark.slow
async def test_the_recordings_are_what_the_cli_sends_today() -> None:
    az = os.environ.get("AZ_FOR_TESTS") or shutil.which("az")
    if az is None:
        pytest.skip("no Azure CLI")
    write_key(Path.home())
    assert (await record(az))["sent"] == KEPT["sent"]
