"""One size in every region, in lines."""

import pytest

from llmd_tui.draft.draft import Draft
from llmd_tui.presets.scenarios import AzureFault
from llmd_tui.simulator.arm import ArmServer
from tests.plain.script import LEAVE, Script, answered

H100 = "ND96isr_H100_v5"
LOOK = {"Region for": [""], "Region": "westeurope", "GPU size to look": H100, "GPU size": "all regions"}


def test_the_regions_with_what_they_have(azure: ArmServer, capsys: pytest.CaptureFixture[str]) -> None:
    draft = answered(Script({**LOOK, "How many nodes": "2"}), Draft.begin()).draft
    out = capsys.readouterr().out
    assert "Asking 3 regions for 1 × ND96isr_H100_v5." in out
    assert "  1. eastus2: quota for 4 nodes, 384 of 384 vCPU left, zones 1 2 3, $98.32/h (live, " in out
    lacking = "Needs 112 vCPU of cores (all sizes together) in southcentralus, 4 free: ask for 108 more"
    assert f"  2. southcentralus: {lacking}" in out
    assert "  3. westeurope: ND96isr_H100_v5 in westeurope: not offered to this subscription here" in out
    assert draft.whole().get("target.azure.region") == "eastus2"
    assert (draft.whole().get("pool.size"), draft.whole().get("pool.nodes")) == (f"Standard_{H100}", 2)


def test_where_none_has_room_the_nearest_is_named_and_it_goes_back(
    azure: ArmServer, capsys: pytest.CaptureFixture[str]
) -> None:
    draft = Draft.begin()
    draft.set("pool.nodes", 9)
    script = Script({"Region": "eastus2", "GPU size to look": [H100], "GPU size": ["all regions", LEAVE]})
    with pytest.raises(KeyboardInterrupt):
        answered(script, draft)
    out = capsys.readouterr().out
    lacking = "needs 864 vCPU of standardNDSH100v5Family in eastus2, 384 free: ask for 480 more"
    assert f"No region has room. The nearest {lacking}" in out
    assert "Quota page: https://" in out
    assert "--limit-object value=864 " in out
    assert "Region for 9 × ND96isr_H100_v5: nothing can be chosen." in out


def test_who_is_throttled_is_told(azure: ArmServer, capsys: pytest.CaptureFixture[str]) -> None:
    throttled = AzureFault(fault="throttled", on="/locations/southcentralus/usages", seconds=2)
    azure.cloud.faults.add(throttled)
    script = Script({**LOOK, "Region for": LEAVE})
    with pytest.raises(KeyboardInterrupt):
        answered(script)
    assert "southcentralus: throttled, next try in 2 s" in capsys.readouterr().out


def test_a_region_that_cannot_be_read_says_why(azure: ArmServer, capsys: pytest.CaptureFixture[str]) -> None:
    azure.cloud.faults.add(AzureFault(fault="reset", on="/locations/southcentralus/usages", times=None))
    script = Script({**LOOK, "Region for": LEAVE})
    with pytest.raises(KeyboardInterrupt):
        answered(script)
    out = capsys.readouterr().out
    assert "Failed: southcentralus: No answer from Azure: its answers break off." in out
    assert "southcentralus: cannot be read" in out
