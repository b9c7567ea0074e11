"""What a whole rollout made is taken back: out of a cluster that stays, custom resources before their charts."""

from pathlib import Path

import pytest

from llmd_tui.azure.removal import Leftover
from llmd_tui.commands.simulation import simulation
from llmd_tui.config.answers import Answers
from llmd_tui.errors import UserError
from llmd_tui.plan.choose import choose
from llmd_tui.run.run import Run
from llmd_tui.run.teardown import reached, tear_down, teardown
from llmd_tui.run.undo import named, ours
from tests.e2e.test_faults import PRESET, started, surroundings

__all__ = ["surroundings"]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
SPEED = 600


async def rolled_out(folder: Path) -> Run:
    run = await started("smooth", folder)
    assert await run.start() == "done"
    return run


async def test_a_pool_goes_with_all_that_was_installed_for_it(tmp_path: Path) -> None:
    with simulation("smooth", SPEED):
        run = await rolled_out(tmp_path)
        choice, arm = choose(Answers.load(PRESET).config()), run.surroundings.arm
        assert arm is not None
        wanted = await teardown(choice, run.plan, arm, run.clock, "pool")
        order = [named(thing) for thing in wanted.things]
        assert order.index("NicClusterPolicy nic-cluster-policy") < order.index("release network-operator")
        assert order.index("Gateway llm-d-inference-gateway") < order.index("release istiod")
        assert order.index("HTTPRoute pd-disaggregation") < order.index("release pd-disaggregation")
        assert all(name.startswith("Namespace ") for name in order[-4:])
        assert not any(name.startswith("CustomResourceDefinition") for name in order)
        told: list[str] = []
        ended = await tear_down(wanted, arm, run.clock, told.append)
        async with reached(choice, arm, run.clock) as where:
            assert await ours(run.plan, where) == []
            assert await where.cluster.list("mellanox.com/v1alpha1", "NicClusterPolicy") == []
        assert ended.stays == []
        assert ended.left[0] == Leftover("node pool system: 2 × Standard_D8s_v5 of llm-d", 0.77)
        assert "Still costs money:" in ended.lines()
        assert told[-1].startswith("node pool gpu of llm-d: ")
        with pytest.raises(UserError, match="has no node pool gpu"):
            await teardown(choice, run.plan, arm, run.clock, "pool")
        rest = await teardown(choice, run.plan, arm, run.clock)
        assert (rest.noun, rest.name, rest.things) == ("resource group", "llm-d", ())
        assert rest.goes[0] == "resource group llm-d: nothing else is in it"
        assert (await tear_down(rest, arm, run.clock, told.append)).lines() == ["Nothing of it costs money any more."]
        await run.close()
