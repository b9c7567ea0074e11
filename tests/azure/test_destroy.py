"""`llmd-tui destroy`: ours alone, by its name, and what is left."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from llmd_tui.azure.client import Arm
from llmd_tui.azure.place import Place
from llmd_tui.azure.removal import Leftover, Removal, leftovers, removal, remove
from llmd_tui.commands.arguments import parser
from llmd_tui.commands.destroy import _confirm
from llmd_tui.commands.inputs import wanted
from llmd_tui.errors import UserError
from llmd_tui.presets.scenarios import AzureFault
from llmd_tui.run.teardown import Ended, Teardown, place_of, teardown
from llmd_tui.simulator.arm import Cloud
from tests.azure.cloud import (
    AKS,
    GROUP,
    POOL,
    SUBSCRIPTION,
    TAGS,
    action,
    pool_properties,
    put_cluster,
    put_group,
    run,
    simulated,
)

PLACE = Place(SUBSCRIPTION, "llmd", "llmd", "gpu")
THEIRS = {"owner": "somebody"}
GPU = {"name": "gpu", **pool_properties()}


async def made(arm: Arm, *, group: Any = None, cluster: Any = None, pool: bool = True) -> None:
    await run(arm, put_group(group), put_cluster(*([GPU] if pool else []), tags=cluster))


def silent(_: str) -> None:
    """Nobody listens."""


@pytest.mark.parametrize(
    ("group", "cluster", "what"),
    [(TAGS, TAGS, "group"), (THEIRS, TAGS, "cluster")],
)
async def test_the_widest_that_is_ours(monkeypatch: pytest.MonkeyPatch, group: Any, cluster: Any, what: str) -> None:
    async with simulated(monkeypatch) as (arm, cloud):
        await made(arm, group=group, cluster=cluster)
        chosen = await removal(arm, PLACE, None)
        assert (chosen.what, chosen.name) == (what, "llmd")
        told: list[str] = []
        await remove(arm, chosen, told.append)
        assert not cloud.clusters
        assert bool(cloud.groups) == (what == "cluster")
        assert await leftovers(arm, PLACE) == []
    assert any("Deleting" in text for text in told)


@pytest.mark.parametrize(
    ("what", "things", "said"),
    [
        ("pool", (), "about 10m, at times 20m; then its nodes cost nothing"),
        ("pool", ({"kind": "Namespace"},), "about 15m, at times 30m; then its nodes cost nothing"),
        ("group", (), "about 10m, at times 45m; then none of this costs money"),
        (None, ({"kind": "Namespace"},), "about 5m, at times 10m"),
    ],
)
def test_how_long_it_takes(what: Any, things: Any, said: str) -> None:
    gone = Removal(what, "llmd", (), "/", AKS) if what else None
    known: Any = None
    assert Teardown("x", "llmd", (), (), known, known, removal=gone, things=things).takes == said


@pytest.mark.parametrize(
    ("group", "cluster", "pool", "whats"),
    [
        (TAGS, TAGS, True, ("group", "cluster", "pool")),
        (THEIRS, TAGS, True, ("cluster", "pool")),
        (TAGS, TAGS, False, ("group", "cluster")),
        (THEIRS, THEIRS, True, ()),
    ],
)
async def test_what_can_be_chosen(
    monkeypatch: pytest.MonkeyPatch, group: Any, cluster: Any, pool: bool, whats: tuple[str, ...]
) -> None:
    async with simulated(monkeypatch) as (arm, _):
        await made(arm, group=group, cluster=cluster, pool=pool)
        if whats:
            assert (await removal(arm, PLACE, None)).whats == whats
            return
        with pytest.raises(UserError, match="was not made by llmd-tui"):
            await removal(arm, PLACE, None)


async def test_a_pool_of_ours_in_a_cluster_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    async with simulated(monkeypatch) as (arm, cloud):
        await made(arm, group=THEIRS, cluster=THEIRS, pool=False)
        await run(arm, action("PUT", POOL, {"properties": {**pool_properties(), "tags": TAGS}}))
        chosen = await removal(arm, PLACE, None)
        assert chosen.whats == ("pool",)
        assert (chosen.what, chosen.takes) == ("pool", ("node pool gpu: 2 × Standard_ND96isr_H100_v5",))
        await remove(arm, chosen, silent)
        (cluster,) = cloud.clusters.values()
        assert list(cluster.pools) == ["system"]
        left = await leftovers(arm, PLACE)
    assert left[0] == Leftover("node pool system: 1 × Standard_D8s_v5 of llmd", 0.38)


@pytest.mark.parametrize("what", ["group", "cluster", "pool"])
async def test_what_is_not_ours_stays(monkeypatch: pytest.MonkeyPatch, what: Any) -> None:
    seen: list[dict[str, Any]] = []
    async with simulated(monkeypatch, record=seen.append) as (arm, _):
        await made(arm, group=THEIRS, cluster=THEIRS)
        with pytest.raises(UserError, match="was not made by llmd-tui"):
            await removal(arm, PLACE, what)
    assert "DELETE" not in {entry["method"] for entry in seen}


@pytest.mark.parametrize("what", ["group", "cluster", "pool", None])
async def test_nothing_there(monkeypatch: pytest.MonkeyPatch, what: Any) -> None:
    async with simulated(monkeypatch) as (arm, _):
        with pytest.raises(UserError, match="There is nothing to delete"):
            await removal(arm, PLACE, what)


async def test_a_group_with_things_of_others_is_not_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    async with simulated(monkeypatch) as (arm, cloud):
        await made(arm)
        _second(cloud)
        assert (await removal(arm, PLACE, None)).what == "cluster"
        whole = await removal(arm, PLACE, "group")
        assert whole.takes == ("cluster llmd with pools system and gpu", "cluster other")
        await remove(arm, await removal(arm, PLACE, "cluster"), silent)
        left = await leftovers(arm, PLACE)
    assert [each.name for each in left] == ["cluster other"]


def _second(cloud: Cloud) -> None:
    (first,) = cloud.clusters.values()
    resource = {**first.resource, "name": "other", "id": f"{GROUP}/providers/x/managedClusters/other"}
    cloud.clusters["llmd", "other"] = type(first)(resource, dict(first.pools))


async def test_another_operation_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    async with simulated(monkeypatch) as (arm, cloud):
        await made(arm)
        cloud.faults.add(AzureFault(fault="busy", on="DELETE .*/managedClusters/llmd$"))
        told: list[str] = []
        await remove(arm, await removal(arm, PLACE, "cluster"), told.append)
        assert not cloud.clusters
    assert any("waits for another operation" in text for text in told)


async def test_the_name_has_to_be_typed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    async with simulated(monkeypatch) as (arm, _):
        await made(arm)
        file = Path(__file__).parents[2] / "presets" / "configs" / "h100-optimized-baseline.yaml"
        more = ["--set", "target.azure.resourceGroup=llmd", "--set", "target.azure.cluster=llmd"]
        asked = wanted(parser().parse_args(["destroy", "-f", str(file), *more]))
        chosen = await teardown(asked.choice, asked.plan, arm, arm.clock, "cluster")
    with pytest.raises(UserError, match="nothing was deleted"):
        _confirm(chosen, "LLMD")
    with pytest.raises(UserError, match="Add --confirm llmd"):
        _confirm(chosen, None)
    _confirm(chosen, "llmd")
    assert "node pool gpu: 2 × Standard_ND96isr_H100_v5" in capsys.readouterr().err


def test_what_is_left_is_said() -> None:
    assert Ended([Leftover("cluster llmd, tier Free", 0.0)]).lines() == ["Nothing of it costs money any more."]
    assert Ended([Leftover("node pool system", 1234.5), Leftover("disks models", None)]).lines() == [
        "Still costs money:",
        "  node pool system: $1,234.50/h by list price",
        "  disks models: price not known here",
    ]


def test_what_a_file_names() -> None:
    file = Path(__file__).parents[2] / "presets" / "configs" / "h100-optimized-baseline.yaml"
    choice = wanted(parser().parse_args(["destroy", "-f", str(file)])).choice
    assert place_of(choice, SUBSCRIPTION) == Place(SUBSCRIPTION, "llm-d", "llm-d", "gpu")


def test_arguments() -> None:
    parsed = parser().parse_args(["destroy", "-f", "x.yaml", "--confirm", "llmd", "--what", "pool"])
    assert (parsed.what, parsed.confirm) == ("pool", "llmd")


async def test_a_deletion_can_be_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """Azure goes on; asking again finds it under way."""
    async with simulated(monkeypatch, speed=600) as (arm, cloud):
        await made(arm)
        told: asyncio.Queue[str] = asyncio.Queue()
        chosen = await removal(arm, PLACE, "cluster")
        first = asyncio.create_task(remove(arm, chosen, told.put_nowait))
        await told.get()
        first.cancel()
        assert (await arm.get(chosen.path, AKS))["properties"]["provisioningState"] == "Deleting"
        await remove(arm, chosen, silent)
        assert not cloud.clusters
