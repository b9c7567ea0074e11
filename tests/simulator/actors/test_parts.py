"""Small parts that must agree with Kubernetes to the letter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmd_tui.simulator.actors.meta import fnv32a, safe_hash, suffix
from llmd_tui.simulator.actors.placement import expression, quantity, requests, tolerated
from llmd_tui.simulator.actors.scheduler import Refusal, message
from tests.simulator.actors.objects import container


@pytest.mark.parametrize(
    ("text", "value"),
    [("100m", 0.1), ("2", 2), (3, 3), ("1Ki", 1024), ("1.5Gi", 1.5 * 2**30), ("5G", 5e9), ("1e3", 1000), ("0", 0)],
)
def test_quantities(text: str | int, value: float) -> None:
    assert quantity(text) == pytest.approx(value)


def test_hash_of_a_kernel_is_in_the_daemonsets_name() -> None:
    """As the network operator names it on Azure's kernel."""
    assert safe_hash("6.8.0-1059-azure") == "58957d6569"
    assert fnv32a(b"") == 0x811C9DC5
    assert fnv32a(b"a") == 0xE40C292C


@given(st.integers(1, 40))
def test_suffixes_have_no_vowels(length: int) -> None:
    assert set(suffix(length)) <= set("bcdfghjklmnpqrstvwxz2456789")
    assert len(suffix(length)) == length


def test_init_containers_count_as_the_largest_of_them() -> None:
    def asks(cpu: str) -> dict[str, object]:
        return container("c", resources={"requests": {"cpu": cpu}})

    spec = {"containers": [asks("1"), asks("500m")], "initContainers": [asks("4"), asks("1")]}
    assert requests({"spec": spec})["cpu"] == 4
    sidecar = asks("2") | {"restartPolicy": "Always"}
    assert requests({"spec": spec | {"initContainers": [sidecar]}})["cpu"] == 3.5


@pytest.mark.parametrize(
    ("toleration", "holds"),
    [
        ({"operator": "Exists"}, True),
        ({"key": "sku", "operator": "Exists"}, True),
        ({"key": "sku", "operator": "Equal", "value": "gpu", "effect": "NoSchedule"}, True),
        ({"key": "sku", "value": "gpu"}, True),
        ({"key": "sku", "value": "cpu"}, False),
        ({"key": "sku", "value": "gpu", "effect": "NoExecute"}, False),
        ({"key": "other", "operator": "Exists"}, False),
    ],
)
def test_tolerations(toleration: dict[str, str], holds: bool) -> None:
    assert tolerated({"key": "sku", "value": "gpu", "effect": "NoSchedule"}, [toleration]) is holds


@pytest.mark.parametrize(
    ("operator", "values", "holds"),
    [
        ("In", ["a", "b"], True),
        ("In", ["c"], False),
        ("NotIn", ["c"], True),
        ("Exists", [], True),
        ("DoesNotExist", [], False),
    ],
)
def test_expressions(operator: str, values: list[str], holds: bool) -> None:
    assert expression({"key": "zone", "operator": operator, "values": values}, {"zone": "a"}) is holds


def test_refusals_are_counted_and_sorted() -> None:
    taint = Refusal(("node(s) had untolerated taint(s)",), True)
    full = Refusal(("Insufficient cpu", "Too many pods"), False)
    assert message(5, [taint, taint, full, full, full]) == (
        "0/5 nodes are available: 2 node(s) had untolerated taint(s), 3 Insufficient cpu, 3 Too many pods. "
        "no new claims to deallocate, preemption: 0/5 nodes are available: "
        "2 Preemption is not helpful for scheduling, 3 No preemption victims found for incoming pod."
    )
    assert message(0, []) == "no nodes available to schedule pods"
