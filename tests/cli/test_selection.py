"""`--only`, `--skip`, `--from`."""

import pytest

from llmd_tui.commands.selection import skipped
from llmd_tui.errors import UserError
from llmd_tui.plan.graph import Cost, Phase, Plan, Seconds, order


def phase(name: str, *needs: str, after: tuple[str, ...] = ()) -> Phase:
    return Phase(name, "", (), (), Seconds(1, 2), "", needs, after)


PLAN = Plan(
    order(
        [
            phase("cluster"),
            phase("access", "cluster"),
            phase("gpus", "access"),
            phase("router", "access", after=("gpus",)),
            phase("monitoring", "access"),
            phase("validate", "router", "monitoring"),
        ]
    ),
    {"lws": "one node is enough"},
    Cost(None, "USD", ""),
)


def test_all_by_default() -> None:
    assert skipped(PLAN) == {}


def test_skip_takes_for_done() -> None:
    assert skipped(PLAN, skip=["monitoring"]) == {"monitoring": "--skip"}


def test_only_keeps_the_way_to_the_cluster() -> None:
    assert set(skipped(PLAN, only=["router", "gpus"])) == {"cluster", "monitoring", "validate"}


def test_from_keeps_what_depends_on_it() -> None:
    assert set(skipped(PLAN, start="gpus")) == {"cluster", "monitoring"}
    assert set(skipped(PLAN, start="gpus", skip=["validate"])) == {"cluster", "monitoring", "validate"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"only": ["gpu"]}, "Did you mean gpus"),
        ({"skip": ["lws"]}, "not part of this plan: one node is enough"),
        ({"start": "nonsense"}, "Its phases: cluster"),
        ({"skip": ["access"]}, "cannot be skipped"),
    ],
)
def test_what_cannot_be(arguments: dict[str, list[str]], said: str) -> None:
    with pytest.raises(UserError) as caught:
        skipped(PLAN, **arguments)  # pyright: ignore[reportArgumentType]
    assert said in str(caught.value)
