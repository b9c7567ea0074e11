"""All regions at once: streaming, polite, cancellable, kept with an age."""

import asyncio
import json
import os
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest

from llmd_tui.azure.book import Book, Known
from llmd_tui.azure.capacity import Capacity, judged
from llmd_tui.azure.client import Arm
from llmd_tui.azure.quota import Quota
from llmd_tui.azure.sweep import RegionAnswer, sweep
from llmd_tui.presets.scenarios import AzureFault, Region
from llmd_tui.presets.sizes import Size, size, sizes
from llmd_tui.simulator.arm import Cloud
from tests.azure.cloud import simulated

H100, GB200 = size("Standard_ND96isr_H100_v5"), size("Standard_ND128isr_NDR_GB200_v6")


def regions(cloud: Cloud, **quota: int) -> None:
    """Regions with so many vCPUs of H100 each."""
    for name, limit in quota.items():
        of = {"cores": Quota_(limit + 100), H100.family: Quota_(limit)}
        cloud.azure.regions[name] = Region.model_validate({"display_name": name, "quota": of})


def Quota_(limit: int) -> dict[str, int]:
    return {"limit": limit}


def row(answer: RegionAnswer, size: Size = H100, *, spot: bool = False) -> Capacity:
    assert answer.known
    return judged(answer.known, answer.region, [size], spot=spot)[0]


def read_at(answer: RegionAnswer) -> float:
    assert answer.known
    return answer.known.quotas_at


async def all_of(arm: Arm, **options: Any) -> dict[str, RegionAnswer]:
    async with aclosing(sweep(arm, **options)) as answers:
        return {answer.region: answer async for answer in answers}


async def test_every_physical_region_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    async with simulated(monkeypatch) as (arm, cloud):
        regions(cloud, swedencentral=96, japaneast=0)
        found = await all_of(arm)
    assert set(found) == {"eastus2", "westeurope", "swedencentral", "japaneast"}, "and no logical one"
    fits = {region: row(answer).nodes_fit for region, answer in found.items()}
    assert fits == {"eastus2": 4, "swedencentral": 1, "japaneast": 0, "westeurope": 0}
    lacks = row(found["swedencentral"]).shortage(2)
    assert str(lacks) == "needs 192 vCPU of standardNDSH100v5Family in swedencentral, 96 free: ask for 96 more"


async def test_a_shortage_of_the_region_and_of_the_spot_bucket(monkeypatch: pytest.MonkeyPatch) -> None:
    async with simulated(monkeypatch) as (arm, cloud):
        quota = {"cores": Quota_(100), H100.family: Quota_(960), "lowPriorityCores": Quota_(96)}
        cloud.azure.regions["small"] = Region.model_validate({"display_name": "s", "quota": quota})
        small = (await all_of(arm, regions=["small"]))["small"]
    dedicated, spot = row(small), row(small, spot=True)
    assert str(dedicated.shortage(2)) == (
        "needs 192 vCPU of cores (all sizes together) in small, 100 free: ask for 92 more"
    )
    assert dedicated.shortage(1) is None
    assert str(spot.shortage(2)).startswith("needs 192 vCPU of lowPriorityCores (all spot nodes together) in small, 96")
    command = spot.shortage(2)
    assert command is not None
    assert "--limit-object value=192 limit-object-type=LimitValue --resource-type lowPriority" in command.command("s")


async def test_a_size_without_the_gpus_capability_counts_as_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    async with simulated(monkeypatch) as (arm, cloud):
        quota = {"cores": Quota_(600), GB200.family: Quota_(256)}
        cloud.azure.regions["nvl"] = Region.model_validate({"display_name": "n", "quota": quota})
        async with aclosing(sweep(arm, regions=["nvl"])) as answers:
            (answer,) = [a async for a in answers]
        known = arm.book.skus("nvl")
    assert row(answer, GB200).nodes_fit == 2
    assert known is not None
    capabilities = {c["name"] for c in known.skus[GB200.name.lower()]["capabilities"]}
    assert "GPUs" not in capabilities


async def test_a_region_that_cannot_be_read_does_not_hide_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[tuple[str, str]] = []
    async with simulated(monkeypatch) as (arm, cloud):
        cloud.faults.add(
            AzureFault(fault="reset", on="/locations/westeurope/usages", times=None),
            AzureFault(fault="throttled", on="/locations/eastus2/usages", seconds=9),
        )
        found = await all_of(arm, on_wait=lambda region, why: waits.append((region, why)))
    assert row(found["eastus2"]).nodes_fit == 4
    assert found["westeurope"].error is not None
    assert ("eastus2", "throttled, next try in 9 s") in waits


async def test_answers_come_as_their_regions_give_them_and_the_rest_can_be_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with simulated(monkeypatch, speed=1) as (arm, cloud):
        cloud.faults.add(AzureFault(fault="slow", on="/locations/westeurope/", times=None, seconds=1000))
        async with aclosing(sweep(arm)) as answers:
            first = await anext(answers)
        left = [task for task in asyncio.all_tasks() if task.get_name().startswith("capacity of")]
    assert first.region == "eastus2"
    assert left == []


async def test_what_was_read_is_kept_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[dict[str, Any]] = []
    async with simulated(monkeypatch, record=seen.append) as (arm, _):
        first = await all_of(arm, regions=["eastus2"])
        asked = len(seen)
        again = await all_of(arm, regions=["eastus2"])
        assert len(seen) == asked, "nothing was asked"
        assert read_at(again["eastus2"]) == read_at(first["eastus2"])
        fresh = await all_of(arm, regions=["eastus2"], fresh=True)
        assert [entry["path"].rpartition("/")[2] for entry in seen[asked:]] == ["usages"], "its sizes are of just now"
        monkeypatch.setattr("llmd_tui.azure.book.SKUS_ANEW_SECONDS", 0)
        await all_of(arm, regions=["eastus2"], fresh=True)
        assert len(seen) == asked + 3
    assert read_at(fresh["eastus2"]) > read_at(first["eastus2"])


def test_a_book_outlives_the_process_and_tells_its_age(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "capacity" / "subscription.json"
    book = Book(path)
    offers = {H100.name.lower(): {"name": H100.name}}
    now = 1_800_000_000.0
    monkeypatch.setattr("llmd_tui.azure.book.time.time", lambda: now)
    book.keep("eastus2", Known(offers, now - 3600, {"cores": Quota(10, 1)}, now - 360))
    book.save()
    assert oct(path.stat().st_mode & 0o777) == "0o600"
    read = Book(path)
    assert read.regions() == book.regions()
    assert read.skus("eastus2") is not None, "of today"
    assert read.quotas("eastus2") is None, "six minutes old"
    assert read.skus("westeurope") is None


@pytest.mark.parametrize("text", ["", "nonsense", "{}", "[]", json.dumps({"names": [], "regions": {"x": {}}})])
def test_a_book_that_cannot_be_read_is_an_empty_one(tmp_path: Path, text: str) -> None:
    path = tmp_path / "book.json"
    path.write_text(text)
    assert Book(path).regions() == {}


def test_a_book_without_all_sizes_is_of_an_earlier_program(tmp_path: Path) -> None:
    path = tmp_path / "book.json"
    region = {"skus": {}, "skus_at": 0, "quotas": {}, "quotas_at": 0}
    path.write_text(json.dumps({"names": [H100.name.lower()], "regions": {"eastus2": region}}))
    assert Book(path).regions() == {}
    path.write_text(json.dumps({"names": [s.name.lower() for s in sizes()], "regions": {"eastus2": region}}))
    assert set(Book(path).regions()) == {"eastus2"}


def test_a_full_disk_is_no_error(tmp_path: Path) -> None:
    Book(tmp_path / "file" / "book.json").save()
    (tmp_path / "blocked").write_text("")
    Book(tmp_path / "blocked" / "book.json").save()
    assert not os.path.exists(tmp_path / "blocked" / "book.json")  # noqa: PTH110
