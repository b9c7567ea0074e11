"""The graph alone: order, critical path, times."""

import graphlib
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmd_tui.plan.graph import Cost, Phase, Plan, Seconds, order

FREE = Cost(None, "USD", "")


def make(name: str, needs: tuple[str, ...] = (), after: tuple[str, ...] = (), normal: float = 10) -> Phase:
    return Phase(name, "", (), (), Seconds(normal, 2 * normal), "", needs, after)


@st.composite
def graphs(draw: st.DrawFn) -> list[Phase]:
    """Acyclic by construction, handed over in any order."""
    count = draw(st.integers(1, 12))
    phases: list[Phase] = []
    for number in range(count):
        earlier = [phase.name for phase in phases]
        needs = draw(st.lists(st.sampled_from(earlier), unique=True, max_size=3)) if earlier else []
        after = draw(st.lists(st.sampled_from(earlier), unique=True, max_size=2)) if earlier else []
        phases.append(make(f"p{number}", tuple(needs), tuple(after), draw(st.floats(0, 1000))))
    return draw(st.permutations(phases))


@given(graphs())
def test_needs_precede(phases: list[Phase]) -> None:
    ordered = order(phases)
    assert sorted(p.name for p in ordered) == sorted(p.name for p in phases)
    seen: set[str] = set()
    for phase in ordered:
        assert set(phase.predecessors) <= seen
        seen.add(phase.name)


@given(graphs())
def test_critical_path_is_a_chain_that_lasts_as_long_as_the_plan(phases: list[Phase]) -> None:
    plan = Plan(order(phases), {}, FREE)
    chain = plan.critical_path
    for before, after in itertools.pairwise(chain):
        assert before in plan.by_name[after].predecessors
    assert sum(plan.by_name[name].seconds.normal for name in chain) == pytest.approx(plan.critical_seconds)
    assert plan.critical_seconds <= plan.sequential_seconds + 1e-6


def test_given_order_is_kept_where_it_is_free() -> None:
    assert [p.name for p in order([make("b"), make("a"), make("c", ("a",))])] == ["b", "a", "c"]


def test_what_is_not_part_of_the_plan_is_not_waited_for() -> None:
    (only,) = order([make("model-server", ("gpu-operator",), ("peermem",))])
    assert only.needs == () and only.after == ()


def test_a_cycle_is_an_error() -> None:
    with pytest.raises(graphlib.CycleError):
        order([make("a", ("b",)), make("b", ("a",))])
