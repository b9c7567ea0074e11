"""Every known failure has a world in which it is recognised."""

from llmd_tui.presets.failures import failures
from tests.diagnose.test_logs import LOGS
from tests.diagnose.test_others import CASES


def test_every_entry_is_tried() -> None:
    tried = {number for number, *_ in LOGS} | {name.partition(" ")[0] for name in CASES}
    assert set(failures()) - tried == set()
