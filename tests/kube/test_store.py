from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from llmd_tui.kube.store import Freshness, Store, View


def pod(name: str, namespace: str = "n", **labels: str) -> dict[str, Any]:
    return {"metadata": {"name": name, "namespace": namespace, "labels": labels}}


def node(name: str) -> dict[str, Any]:
    return {"metadata": {"name": name}}


def names(objects: list[dict[str, Any]]) -> list[str]:
    return [obj["metadata"]["name"] for obj in objects]


def test_reading() -> None:
    store = Store()
    view: View = store
    store.replace("Pod", [pod("a", app="x"), pod("b", app="y", gpu=""), pod("a", "m", app="x")])
    store.replace("Node", [node("one")])
    assert names(view.all("Pod")) == ["a", "b", "a"]
    assert names(view.all("Pod", "n")) == ["a", "b"]
    assert names(view.all("Pod", labels={"app": "x"})) == ["a", "a"]
    assert names(view.all("Pod", "n", {"gpu": ""})) == ["b"]
    assert view.all("Job") == []
    assert view.get("Pod", "a", "m") == pod("a", "m", app="x")
    assert view.get("Pod", "c", "n") is None
    assert view.get("Node", "one") == node("one")


def test_every_change_counts() -> None:
    store = Store()
    seen = [store.changed]
    store.apply("Pod", "ADDED", pod("a"))
    seen.append(store.changed)
    store.apply("Pod", "DELETED", pod("a"))
    seen.append(store.changed)
    store.mark("Pod", Freshness("live", 1.0))
    seen.append(store.changed)
    assert seen == sorted(set(seen))
    store.mark("Pod", Freshness("live", 1.0))
    assert store.changed == seen[-1]


def test_sources_do_not_disturb_each_other() -> None:
    store = Store()
    store.replace("Pod", [pod("a", "m"), pod("b", "m")], "m")
    store.replace("Pod", [pod("c", "n")], "n")
    store.replace("Pod", [pod("b", "m")], "m")
    assert names(store.all("Pod")) == ["b", "c"]


def test_a_kind_is_as_fresh_as_its_worst_source() -> None:
    store = Store()
    assert store.freshness("Pod").state == "loading"
    store.mark("Pod", Freshness("live", 5.0), "m")
    store.mark("Pod", Freshness("reconnecting", 3.0, "refused"), "n")
    assert store.freshness("Pod") == Freshness("reconnecting", 3.0, "refused")
    store.mark("Pod", Freshness("live", 6.0), "n")
    assert store.freshness("Pod").state == "live"


_events = st.lists(st.tuples(st.sampled_from(["ADDED", "MODIFIED", "DELETED", "LIST"]), st.integers(0, 4)))


@given(_events)
def test_follows_any_history(history: list[tuple[str, int]]) -> None:
    store, expected = Store(), dict[str, dict[str, Any]]()
    for step, (what, number) in enumerate(history):
        obj = pod(f"p{number}", step=str(step))
        if what == "LIST":
            expected = {f"p{n}": pod(f"p{n}", step=str(step)) for n in range(number)}
            store.replace("Pod", expected.values())
        elif what == "DELETED":
            expected.pop(f"p{number}", None)
            store.apply("Pod", what, obj)
        else:
            expected[f"p{number}"] = obj
            store.apply("Pod", what, obj)
    assert {obj["metadata"]["name"]: obj for obj in store.all("Pod")} == expected
