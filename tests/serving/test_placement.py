"""Where pods go."""

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from llmd_tui.plan.serving.placement import Pods, Room, even, node_room, place
from llmd_tui.presets.sizes import size, sizes
from tests.serving.wishes import H100

EIGHT = Room(gpus=8, cpu=80, memory_gib=1000, rdma=8, disk_gib=1000)
asks = st.builds(
    Room,
    gpus=st.sampled_from([1, 2, 4, 8]),
    cpu=st.integers(0, 16),
    memory_gib=st.integers(0, 200),
    rdma=st.integers(0, 2),
    disk_gib=st.integers(0, 200),
)


def groups() -> st.SearchStrategy[list[Pods]]:
    return st.lists(st.tuples(st.integers(1, 9), asks), min_size=1, max_size=3).map(
        lambda found: [Pods(f"role{number}", count, asked) for number, (count, asked) in enumerate(found)]
    )


def test_large_pods_first_and_each_role_spread() -> None:
    placed = place([Pods("prefill", 8, Room(gpus=1)), Pods("decode", 2, Room(gpus=4))], EIGHT, 2)
    assert placed and [node.pods for node in placed] == [{"decode": 1, "prefill": 4}] * 2
    assert all(node.left.gpus == 0 for node in placed)


def test_packed_where_spreading_leaves_no_gap() -> None:
    found = [Pods("decode", 3, Room(gpus=4)), Pods("prefill", 4, Room(gpus=1))]
    placed = place(found, EIGHT, 2)
    assert placed and sorted(node.pods.get("prefill", 0) for node in placed) == [0, 4]
    assert not even(found, EIGHT, 2)


def test_no_room_is_none() -> None:
    assert place([Pods("decode", 3, Room(gpus=8))], EIGHT, 2) is None
    assert place([Pods("decode", 1, Room(memory_gib=1001))], EIGHT, 2) is None


@given(groups(), st.integers(1, 4))
def test_all_pods_are_placed_and_no_node_overflows(found: list[Pods], nodes: int) -> None:
    placed = place(found, EIGHT, nodes)
    if placed is None:
        return
    for group in found:
        assert sum(node.pods.get(group.role, 0) for node in placed) == group.count
    by_role = {group.role: group.asks for group in found}
    for node in placed:
        room = EIGHT
        for role, count in node.pods.items():
            for _ in range(count):
                assert room.holds(by_role[role])
                room = room.less(by_role[role])
        assert room == node.left


@given(groups(), st.integers(1, 3))
def test_even_groups_fit_in_every_order(found: list[Pods], nodes: int) -> None:
    """As the scheduler does it under maxSkew 1, whatever role comes first."""
    if not even(found, EIGHT, nodes):
        return
    for order in permutations(found):
        left = [EIGHT] * nodes
        for group in order:
            for number in range(group.count):
                at = number % nodes
                assert left[at].holds(group.asks)
                left[at] = left[at].less(group.asks)


def test_a_node_keeps_room_for_aks_operators_and_the_router() -> None:
    room = node_room(size(H100))
    assert (room.gpus, room.rdma) == (8, 8)
    # 96 cores: 1.06 reserved by AKS, 2 for DaemonSets, 8 for the router.
    assert room.cpu == 96 - 1.06 - 2 - 8
    assert 1900 * 0.97 - 30 < room.memory_gib < 1900 * 0.97 - 20
    assert node_room(size("Standard_NC8ads_A10_v4")).cpu == 8 - 0.18 - 2


def test_the_disk_is_counted_when_it_is_known() -> None:
    assert node_room(size(H100)).disk_gib == float("inf")
    assert node_room(size(H100), 1024).disk_gib == 1024 * 0.85 - 60


def test_every_size_has_room_left() -> None:
    for each in sizes():
        room = node_room(each)
        assert room.cpu > 0.5 and room.memory_gib > 5
