"""The plan as text."""

from llmd_tui.plan.actions import Manifest, Wait
from llmd_tui.plan.graph import Cost, Phase, Plan, Seconds, order
from llmd_tui.render.plan import in_short, plan_text


def phase(name: str, seconds: float, *needs: str, after: tuple[str, ...] = ()) -> Phase:
    actions = (Manifest(f"https://example.org/{name}.yaml", "", ()),)
    done = (Wait("exists", f"{name} to be there", {"namespace": "n", "kind": "Pod", "name": name}),)
    return Phase(name, f"why {name}", actions, done, Seconds(seconds, 9999), "", needs, after)


PLAN = Plan(
    order(
        [
            phase("cluster", 600),
            phase("access", 5, "cluster"),
            phase("gpus", 300, "access", "cluster", after=("network",)),
            phase("network", 400, "access"),
            phase("aside", 30, "access"),
        ]
    ),
    {"lws": "one node is enough"},
    Cost(197.51, "USD", "2026-11-21"),
    ("it is big",),
)


def test_everything_that_decides_is_there() -> None:
    text = plan_text(PLAN)
    assert in_short(PLAN) == "5 phases, about 22m, $197.51/h list price of 2026-11-21."
    assert text.startswith(in_short(PLAN))
    assert "Critical path: cluster > access > network > gpus" in text
    assert "Warning: it is big" in text
    assert "lws  one node is enough" in text
    assert "kubectl apply --server-side --field-manager=llmd-tui -f https://example.org/gpus.yaml" in text
    assert "waits for gpus to be there" in text


def test_the_table_shows_the_graph_without_what_is_implied() -> None:
    lines = plan_text(PLAN).splitlines()
    gpus = next(line for line in lines if line.startswith("* gpus"))
    assert gpus.endswith("  after network")
    aside = next(line for line in lines if line.startswith("  aside"))
    assert "─" in aside
    assert "━" not in aside
    assert aside.endswith("  access")


def test_without_a_price_none_is_told() -> None:
    assert in_short(Plan(PLAN.phases, {}, Cost(None, "USD", ""))) == "5 phases, about 22m."
