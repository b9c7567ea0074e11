"""What is told as news, and the pods' book."""

from datetime import timedelta

from llmd_tui.kube.store import Store
from llmd_tui.rollout.book import CHANGED, PATIENCE, PodBook
from llmd_tui.rollout.cells import Cell
from llmd_tui.rollout.describe import describe, to_yaml
from llmd_tui.rollout.news import Newsroom
from llmd_tui.rollout.stages import COMPLETE, NodeProgress
from llmd_tui.rollout.times import State, step
from tests.rollout import made
from tests.screens.run.stage import pod


def node(number: int, ofed: State, *, complete: bool = False) -> NodeProgress:
    stage, state = (COMPLETE, "done") if complete else ("ofed", ofed)
    building = step("ofed-build") if ofed == "running" else None
    cell = Cell("ofed", ofed, since=made.NOW, step=building)
    name = f"aks-gpu-12345678-vmss{number:06}"
    return NodeProgress(name, stage, "done" if complete else state, made.NOW, "", None, (0, 8), (cell,))


def test_news_are_told_once_and_when_all_nodes_are_there() -> None:
    room = Newsroom()

    def told(*nodes: NodeProgress) -> list[str]:
        return [news.text for news in room.look(nodes, made.NOW)]

    assert told() == []
    assert told(node(0, "running"), node(1, "pending")) == ["OFED starts building"]
    assert told(node(0, "done"), node(1, "running")) == []
    assert told(node(0, "done"), node(1, "failed")) == ["OFED fails on vmss000001"]
    assert told(node(0, "done"), node(1, "done")) == ["OFED ready on both nodes"]
    assert told(node(0, "done", complete=True), node(1, "done")) == ["vmss000000 complete"]
    assert told(node(0, "done", complete=True), node(1, "done")) == []


def test_what_is_there_when_a_run_is_taken_up_again_is_no_news() -> None:
    room = Newsroom()
    assert room.look([node(0, "done", complete=True)], made.NOW) == []
    assert room.look([node(0, "done", complete=True)], made.NOW) == []


def test_the_book_judges_what_changed_and_keeps_the_rest() -> None:
    store, book = Store(), PodBook()
    store.replace("Pod", [pod(f"p{number}") for number in range(5)])
    first = book.look(store, ["ns"], made.NOW)
    store.apply("Pod", "MODIFIED", pod("p2", ready=False))
    second = book.look(store, ["ns"], made.NOW)
    assert [a is b for a, b in zip(first, second, strict=True)] == [True, True, False, True, True]
    assert second[2].word == "not ready"
    # What is not well is judged again after a while: its time goes on.
    later = book.look(store, ["ns"], made.NOW + 100 * PATIENCE + timedelta(days=1))
    assert later[2].state == "failed" and later[0] is first[0]
    assert book.look(store, ["other"], made.NOW) == []


def test_the_book_takes_many_pods_in_portions() -> None:
    store, book = Store(), PodBook()
    store.replace("Pod", [pod(f"p{number}") for number in range(CHANGED + 10)])
    assert len(book.look(store, None, made.NOW)) == CHANGED and book.behind
    assert len(book.look(store, None, made.NOW)) == CHANGED + 10 and not book.behind


def test_nodes_that_go_are_noticed_by_pods_that_are_well() -> None:
    store, book = Store(), PodBook()
    there = {"metadata": {"name": "n"}, "status": {"conditions": [{"type": "Ready", "status": "True"}]}}
    store.apply("Node", "ADDED", there)
    store.apply("Pod", "ADDED", pod("p"))
    assert book.look(store, None, made.NOW)[0].word == "running"
    store.apply("Node", "MODIFIED", there | {"status": {"conditions": [{"type": "Ready", "status": "Unknown"}]}})
    assert book.look(store, None, made.NOW)[0].word == "node not ready"


def test_yaml_shows_nothing_of_a_secret() -> None:
    secret = {
        "kind": "Secret",
        "metadata": {"name": "s", "managedFields": [{}], "annotations": {"last-applied": "s3cret"}},
        "data": {"token": "czNjcmV0"},
        "stringData": {"other": "s3cret"},
    }
    shown = to_yaml(secret)
    assert "s3cret" not in shown and "czNjcmV0" not in shown and "hidden" in shown
    assert "managedFields" not in shown


def test_a_description_lacks_nothing_when_the_object_lacks_all() -> None:
    bare = {"kind": "Pod", "metadata": {"name": "p"}}
    assert "none in the last hour" in describe(bare, Store(), made.NOW)
    whole = describe(pod("p"), Store(), made.NOW)
    assert "Containers" in whole and "Conditions" in whole and "c\n" in whole
