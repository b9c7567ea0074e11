"""What is found out around the draft, and what it means."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from llmd_tui.azure.person import Person
from llmd_tui.clock import Clock
from llmd_tui.draft.draft import SUBSCRIPTION, Draft
from llmd_tui.draft.misfits import misfits
from llmd_tui.draft.reading import Reading
from llmd_tui.draft.regions import largest, most_nodes, notes
from llmd_tui.draft.session import CONTEXT, REGION, Session
from llmd_tui.draft.sizes import sorted_offers
from llmd_tui.errors import UserError
from llmd_tui.plan.offers import SizeFilter
from llmd_tui.presets.scenarios import Subscription, scenario
from llmd_tui.presets.sizes import size
from llmd_tui.simulator.arm import ArmServer, Cloud, serve
from tests.azure.entra import TENANT, Entra
from tests.azure.somebody import Somebody

H100 = "Standard_ND96isr_H100_v5"
KUBECONFIG = """
apiVersion: v1
kind: Config
current-context: "[red]prod[/]"
clusters: [{name: nowhere, cluster: {server: "http://127.0.0.1:1"}}]
users: [{name: nobody, user: {token: simulator}}]
contexts: [{name: "[red]prod[/]", context: {cluster: nowhere, user: nobody}}]
"""


@asynccontextmanager
async def session(
    monkeypatch: pytest.MonkeyPatch, others: tuple[Subscription, ...] = (), person: Person | None = None
) -> AsyncGenerator[tuple[Session, ArmServer]]:
    clock = Clock(speed=600)
    arm = await serve(clock, Cloud(scenario().azure.model_copy(update={"others": others}), clock))
    monkeypatch.setenv("LLMD_TUI_ARM_ENDPOINT", arm.url)
    found = Session(Draft.begin(), lambda: None, person)
    try:
        yield found, arm
    finally:
        await found.close()
        await asyncio.shield(arm.close())


async def test_the_account_and_a_region_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    async with session(monkeypatch) as (found, _):
        assert found.azure.login.words(0) == "not read yet"
        await found.read_account()
        assert found.azure.login.state == "ready"
        assert found.draft.value(SUBSCRIPTION).source == "simulator"
        assert "eastus2" in [location.name for location in found.azure.locations.value or ()]
        assert found.azure.clusters.value == ()
        found.draft.set(REGION, "eastus2")
        await found.read_region()
        capacities = found.capacity.value
        assert capacities
        assert capacities[H100].nodes_fit == 4
        assert most_nodes(capacities, 8, "H100") == 4
        assert most_nodes(capacities, 8, "V100") is None
        best = largest(capacities)
        assert best
        assert best[0].name == "Standard_ND96isr_H200_v5"
        assert (True, "ND96isr_H100_v5: 384 of 384 vCPU left, 4 nodes") in notes(capacities)


async def test_an_endpoint_that_does_not_answer_is_told_and_what_was_read_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("llmd_tui.azure.pipeline.TRIES", 0)
    async with session(monkeypatch) as (found, arm):
        await found.read_account()
        found.draft.set(REGION, "eastus2")
        await found.read_region()
        await arm.close()
        await found.read_region(fresh=True)
        assert found.capacity.state == "failed"
        assert found.capacity.error
        assert found.capacity.value
        assert found.capacity.words(found.capacity.at + 41) == "stale 41s"
        await found.read_account()
        assert found.azure.login.state == "failed"


async def test_offers_know_the_quota(monkeypatch: pytest.MonkeyPatch) -> None:
    async with session(monkeypatch) as (found, _):
        await found.read_account()
        found.draft.set(REGION, "southcentralus")
        await found.read_region()
        offers = {offer.size.name: offer for offer in found.offers()}
        assert offers[H100].reason
        assert found.why_not(offers[H100], 1)
        assert found.offers(SizeFilter(fits_quota=True, rdma=True)) == []
        by_name = sorted_offers(list(offers.values()), "name")
        assert sorted(by_name, key=lambda offer: bool(offer.reason)) == by_name


async def test_contexts_and_clusters_that_do_not_answer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async with session(monkeypatch) as (found, _):
        found.draft.aim("kubeconfig")
        await found.read_contexts()
        assert found.kube.contexts.state == "failed"
        assert "There is no kubeconfig" in found.kube.contexts.error
        file = tmp_path / "config"
        file.write_text(KUBECONFIG)
        found.draft.set("target.kubeconfig.file", str(file))
        await found.read_contexts()
        assert found.draft.value(CONTEXT).value == "[red]prod[/]"
        await found.read_nodes()
        assert found.kube.nodes("[red]prod[/]").state == "failed"
        assert found.kube.nodes("other").state == "unread"


def test_nodes_follow_the_path_until_they_are_said() -> None:
    found = Session(Draft.begin(), lambda: None)
    assert found.nodes_of(size(H100)) == 1
    found.draft.set("path.name", "pd-disaggregation")
    assert found.nodes_of(size(H100)) == 2
    found.draft.set("pool.nodes", 3)
    assert found.nodes_of(size(H100)) == 3


def test_what_a_smaller_size_would_leave_out_is_told() -> None:
    found = Session(Draft.begin(preset="h100-pd-disaggregation"), lambda: None)
    assert misfits(found.draft, size(H100), 2) == ()
    [few] = misfits(found.draft, size(H100), 1)
    assert few.step == "path"
    assert few.reason == "pd-disaggregation needs 2 × ND96isr_H100_v5, you have 1 × ND96isr_H100_v5"
    [small] = misfits(found.draft, size("Standard_NC24ads_A100_v4"), 2)
    assert small.reason.startswith("pd-disaggregation needs 2 × ND96isr_H100_v5")
    found.draft.set("path.decode.replicas", "5")
    assert misfits(found.draft, size(H100), 4) == ()
    [many] = misfits(found.draft, size(H100), 2)
    assert many.step == "path"


def test_a_reading_keeps_its_value_while_it_is_read_anew() -> None:
    reading = Reading[int]().loading(since=2)
    assert reading.words(5) == "reading for 3s"
    reading = reading.ready(3, at=10)
    assert reading.words(18) == "read 8s ago"
    assert reading.loading(20).value == 3
    failed = reading.failed(UserError("No.", "Try."))
    assert (failed.value, failed.error, failed.remedy) == (3, "No.", "Try.")


async def test_a_subscription_of_another_tenant_is_logged_in_to_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It is known from the Azure CLI's files at once; the login is another one."""
    other = Subscription(id="6b0c3f1e-0000-4000-8000-5d1a70000009", name="fabrikam-ml", tenant="1" * 8 + TENANT[8:])
    monkeypatch.setenv("LLMD_TUI_AUTH", "device-code")
    monkeypatch.setenv("AZURE_CONFIG_DIR", str(tmp_path))
    entry = {"id": other.id, "name": other.name, "tenantId": other.tenant, "tenantDisplayName": "Fabrikam"}
    (tmp_path / "azureProfile.json").write_text(json.dumps({"subscriptions": [entry]}), encoding="utf-8-sig")
    somebody = Somebody()
    with Entra(tmp_path) as entra:
        entra.use(monkeypatch)
        entra.entered.set()
        async with session(monkeypatch, others=(other,), person=somebody) as (found, arm):
            assert [(each.name, each.words) for each in found.azure.choosable] == [("fabrikam-ml", "of Fabrikam")]
            await found.read_account()
            assert found.azure.subscription == arm.cloud.subscription
            assert [each.name for each in found.azure.choosable] == ["llmd-simulated", "fabrikam-ml"]
            found.draft.set(SUBSCRIPTION, other.id)
            await found.read_account()
            assert (found.azure.subscription, found.azure.locations.state) == (other.id, "ready")
            assert [each.split()[-1] for each in entra.asked if each.startswith("devicecode")] == [
                "organizations",
                other.tenant,
            ]
            assert len(somebody.shown) == 2
