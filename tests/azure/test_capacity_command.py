"""`llmd-tui capacity`: what it says, of the simulated Azure."""

import asyncio
import json
import signal
import sys
from asyncio.subprocess import PIPE
from datetime import UTC, datetime
from typing import Any

import pytest

from llmd_tui.azure.book import Known
from llmd_tui.commands.arguments import parser
from llmd_tui.commands.capacity import capacity
from llmd_tui.errors import UserError
from llmd_tui.presets.scenarios import AzureFault
from llmd_tui.render.capacity import ages
from tests.azure.cloud import SUBSCRIPTION, simulated


async def said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str, faults: Any = ()
) -> tuple[int, str, str]:
    async with simulated(monkeypatch) as (arm, cloud):
        cloud.faults.add(*faults)
        monkeypatch.setattr("llmd_tui.commands.login.run_clock", lambda: arm.clock)
        code = await capacity(parser().parse_args(["capacity", *arguments]))
    output = capsys.readouterr()
    return code, output.out, output.err


async def test_one_size(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = await said(monkeypatch, capsys, "--size", "standard_nd96isr_h100_v5", "--nodes", "5")
    assert code == 0
    assert "needs 480 vCPU of standardNDSH100v5Family in eastus2, 384 free: ask for 96 more" in out
    assert " 98.32 " in out
    assert "Not offered in westeurope." in err
    assert "az quota update --resource-name standardNDSH100v5Family" in err
    assert "--limit-object value=480 " in err
    assert f"Prices: pay-as-you-go, Linux, of {datetime.now(UTC).date()}." in err


async def test_all_sizes_that_fit(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = await said(monkeypatch, capsys)
    lines = out.splitlines()
    assert code == 0
    assert lines[0].split() == ["REGION", "SIZE", "FIT", "FREE/LIMIT", "VCPU", "ALL", "FREE", "ZONES", "$/H"]
    assert [line.split()[1] for line in lines[1:]] == [
        "Standard_NC24ads_A100_v4",
        "Standard_ND96isr_H100_v5",
        "Standard_NC48ads_A100_v4",
        "Standard_ND96isr_MI300X_v5",
        "Standard_ND96is_MI300X_v5",
    ]
    assert "2 regions read, 1 can give it" in err


async def test_the_most_room_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    _, _, err = await said(monkeypatch, capsys, "--size", "Standard_ND96isr_H100_v5")
    assert "Most room: eastus2 for 4 nodes." in err


async def test_prices_that_cannot_be_read(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("LLMD_TUI_PRICES_ENDPOINT", "http://127.0.0.1:1")
    _, out, err = await said(monkeypatch, capsys, "--size", "Standard_ND96isr_H100_v5")
    assert " 98.32" in out
    assert "Prices by lists of 2026-06-18 for eastus: the live ones could not be read." in err
    code, _, err = await said(monkeypatch, capsys, "--size", "Standard_ND96isr_H100_v5", "--spot")
    assert (code, "The prices could not be read." in err) == (0, True), "of spot nodes there is no list"


def test_how_old_what_was_kept_is() -> None:
    def read(skus: float, quotas: float) -> list[Known]:
        return [Known({}, 10_000 - skus, {}, 10_000 - quotas), Known({}, 10_000, {}, 10_000)]

    assert ages(read(0, 0), 10_000) == ages([], 10_000) == ""
    assert ages(read(7200, 0), 10_000) == "Sizes and zones were read 2h ago"
    assert ages(read(7200, 130), 10_000) == "Quotas were read 2m ago, sizes and zones 2h ago"


async def test_ctrl_c_in_the_middle(monkeypatch: pytest.MonkeyPatch) -> None:
    async with simulated(monkeypatch, speed=1) as (_, cloud):
        cloud.faults.add(AzureFault(fault="slow", on="/locations/westeurope/", times=None, seconds=1000))
        program = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "llmd_tui", "capacity"), stdout=PIPE, stderr=PIPE
        )
        assert program.stdout
        assert b"REGION" in await program.stdout.readline()
        assert b"eastus2" in await program.stdout.readline(), "rows come as regions answer"
        program.send_signal(signal.SIGINT)
        _, err = await program.communicate()
    assert program.returncode == 130
    assert err.decode().splitlines()[-1] == "Stopped."
    assert b"Traceback" not in err


async def test_rows_of_json(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = await said(
        monkeypatch, capsys, "--path", "pd-disaggregation", "--region", "eastus2", "--output", "json"
    )
    answer = json.loads(out)
    assert code == 0
    assert answer["subscription"] == SUBSCRIPTION
    rows = {row["size"]: row for row in answer["rows"]}
    assert "Standard_NC24ads_A100_v4" not in rows, "the path does not run on it"
    h100, h200 = rows["Standard_ND96isr_H100_v5"], rows["Standard_ND96isr_H200_v5"]
    assert {key: h100[key] for key in ("region", "family", "vcpus", "limit", "used", "left", "nodes_fit")} == {
        "region": "eastus2",
        "family": "standardNDSH100v5Family",
        "vcpus": 96,
        "limit": 384,
        "used": 0,
        "left": 384,
        "nodes_fit": 4,
    }
    assert (h100["zones"], h100["restricted"], h100["reason"]) == (["1", "2", "3"], False, "")
    assert h100["price"]["amount"] == 98.32
    assert h200["ask_for"] == 96 * h200["nodes"]
    assert answer["rows"].index(h100) < answer["rows"].index(h200), "what fits comes first"


async def test_spot(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = await said(monkeypatch, capsys, "--spot", "--size", "Standard_ND96isr_H100_v5", "--output", "json")
    row = next(row for row in json.loads(out)["rows"] if row["region"] == "eastus2")
    assert (row["family"], row["left"], row["nodes_fit"]) == ("lowPriorityCores", 100, 1)
    assert row["price"]["amount"] == 19.664


async def test_throttled_and_failed_regions_are_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    faults = (
        AzureFault(fault="throttled", on="/locations/eastus2/usages", seconds=12),
        AzureFault(fault="denied", value="Microsoft.Compute/locations/usages/read"),
    )
    code, _, err = await said(monkeypatch, capsys, faults=faults[:1])
    assert code == 0
    assert "eastus2: throttled, next try in 12 s" in err
    code, out, _ = await said(monkeypatch, capsys, "--output", "json", faults=faults[1:])
    assert code == 1
    assert json.loads(out)["rows"] == []
    assert "Microsoft.Compute/locations/usages/read" in json.loads(out)["failed"][0]["error"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--size", "Standard_ND96isr_H100"), "is not a GPU size"),
        (("--path", "nonsense"), "nonsense"),
        (("--region", "eastus3"), "eastus3 is not a region of this subscription"),
        (("--path", "wide-ep", "--size", "Standard_NC4as_T4_v3"), "wide-ep"),
        (("--subscription", "fabrikam"), "no subscription fabrikam"),
    ],
)
async def test_what_is_not_known(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], message: str
) -> None:
    with pytest.raises(UserError, match=message):
        await said(monkeypatch, capsys, *arguments)
    assert capsys.readouterr().out == "", "stdout is data"


@pytest.mark.parametrize("nodes", ["0", "-1", "many", "1001"])
def test_numbers_of_nodes(nodes: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parser().parse_args(["capacity", "--nodes", nodes])
    assert "1 to 1000" in capsys.readouterr().err
