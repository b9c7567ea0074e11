"""How rows are shared, and the axis of time."""

from itertools import product

import pytest

from screens.run.layout import Heights, Looked, Wishes, share
from screens.run.phases import axis


@pytest.mark.parametrize("looked", ["pods", "log", "other"])
def test_every_pane_keeps_its_title_and_nothing_is_lost(looked: Looked) -> None:
    for rows, findings in product(range(4, 60), (1, 5, 18)):
        heights = share(rows, Wishes(4, 12, findings, looked), 1)
        given = (heights.nodes, heights.pods, heights.log, heights.findings)
        assert min(given) >= 1
        assert sum(given) + 3 * heights.gap <= rows


def test_findings_take_from_the_log_then_from_the_pods() -> None:
    calm = share(19, Wishes(4, 12, 1), 0)
    assert calm == Heights(nodes=4, pods=10, log=4, findings=1, gap=0)
    found = share(19, Wishes(4, 12, 11), 0)
    assert found == Heights(nodes=4, pods=3, log=1, findings=11, gap=0)
    # Who looks at the log gets some of it all the same.
    assert share(19, Wishes(4, 12, 11, "log"), 0).log >= 6


def test_the_axis_has_marks_that_fit_and_now() -> None:
    line = axis(45 * 60, 26 * 60, 40)
    assert len(line) == 40
    assert line.split() == ["0m", "15m", "now", "30m"]
    assert axis(0, 0, 10).strip() == "now"
