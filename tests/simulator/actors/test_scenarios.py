"""Scenarios: defaults, inheritance, what is not one."""

import pytest
from pydantic import ValidationError

from llmd_tui.errors import UserError
from llmd_tui.presets.scenarios import Fault, Program, Scenario, scenario
from llmd_tui.presets.sizes import sizes


def test_smooth_has_room_for_all_that_the_guide_names() -> None:
    region = scenario("smooth").azure.regions["eastus2"]
    for size in ("Standard_ND96isr_H100_v5", "Standard_ND96isr_H200_v5", "Standard_NC24ads_A100_v4"):
        family = next(each.family for each in sizes() if each.name == size)
        quota = region.quota[family]
        assert quota.limit - quota.used >= 96
    assert not region.restricted


def test_smooth_also_has_a_full_region_and_one_that_does_not_offer() -> None:
    regions = scenario().azure.regions
    full = regions["southcentralus"].quota["standardNDSH100v5Family"]
    assert full.used == full.limit
    assert "Standard_ND96isr_H100_v5" in regions["westeurope"].restricted


def test_every_image_and_program_has_an_answer() -> None:
    smooth = scenario()
    assert smooth.image("some.registry/unknown:1").pull_seconds > 0
    assert smooth.program("unknown") == Program()
    assert smooth.factor(99) == smooth.nodes.factors[-1]


def test_a_fault_names_its_container_and_its_kind() -> None:
    assert Fault(container="epp", kind="crash").exit_code == 1
    with pytest.raises(ValidationError):
        Fault.model_validate({"container": "epp", "kind": "explodes"})
    with pytest.raises(ValidationError):
        Scenario.model_validate(scenario().model_dump() | {"fault": []})


def test_unknown_scenario_says_which_there_are() -> None:
    with pytest.raises(UserError, match="no-such is not a scenario") as error:
        scenario("no-such")
    assert "smooth" in str(error.value.remedy)
