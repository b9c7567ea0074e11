"""How tests wait for an application: until its loop has nothing left to do, or until something holds.

Textual's own pilot takes a process that uses no CPU for one that has nothing to do: on a loaded machine that is wrong,
and it takes 20 ms to find out. Importing this module puts `rest` in its place.
"""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import textual.app
import textual.pilot
from textual._context import active_app
from textual.app import App, ScreenStackError
from textual.pilot import Pilot
from textual.screen import Screen

PATIENCE_SECONDS = 60
"""How long anything may take on a loaded machine."""
LOOK_SECONDS = 0.01
REDRAW_SECONDS = 0.1
CALM = 3
"""So many turns of the loop without anything to do are rest: what is in a local socket is read in the next one."""


async def rest(*_: object) -> None:
    """Until every message is handled, every thread of the loop has answered and what changed is painted.

    What comes later of itself, by a timer or over the network, is no part of it: `until` waits for that.
    """
    ends, calm = time.monotonic() + PATIENCE_SECONDS, 0
    while calm < CALM:
        assert time.monotonic() < ends, "the application does not come to rest"
        await asyncio.sleep(LOOK_SECONDS / 5 if _threads_work() else 0)
        calm = 0 if _threads_work() or _has_work() or _paint() else calm + 1


async def until(pilot: Pilot[Any], holds: Callable[[], object], what: Callable[[], object] | None = None) -> None:
    """Waits for it; fails with `what` is there instead, the screen if nothing else is said."""
    ends = time.monotonic() + PATIENCE_SECONDS
    while True:
        await rest()
        if holds():
            return
        if time.monotonic() > ends:
            raise AssertionError(f"that did not come; there is\n{what() if what else text(pilot.app)}")
        await asyncio.sleep(LOOK_SECONDS)


def redraw_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """The screens of a run show what is new at once, not four times a second."""
    for name in ("run.REDRAW", "checklist.REDRAW", "done.REDRAW", "log.BATCH", "log_viewer.BATCH", "try_it.BATCH"):
        monkeypatch.setattr(f"screens.run.{name}_SECONDS", REDRAW_SECONDS)


def text(app: App[Any]) -> str:
    """What the terminal shows."""
    return "\n".join(strip.text.ljust(app.size.width) for strip in app.screen._compositor.render_strips())


def _has_work() -> bool:
    return bool(vars(asyncio.get_running_loop())["_ready"])


def _threads_work() -> bool:
    executor: ThreadPoolExecutor | None = vars(asyncio.get_running_loop())["_default_executor"]
    if executor is None:
        return False
    idle: int = vars(executor)["_idle_semaphore"]._value
    return idle < len(executor._threads) or not executor._work_queue.empty()


def _paint() -> bool:
    """What the application does sixty times a second; whether there was something to do."""
    try:
        app = active_app.get()
        screen: Screen[Any] = app.screen
    except (LookupError, ScreenStackError):
        return False
    if app._resize_event:
        app._check_resize()
        return True
    wanted = screen._layout_required or screen._scroll_required or screen._repaint_required
    if not (wanted or screen._dirty_widgets or screen._recompose_required or screen._callbacks):
        return False
    if not screen.is_current or app._batch_count:
        return False
    screen._on_timer_update()
    return True


Pilot._wait_for_screen.__defaults__ = (float(PATIENCE_SECONDS),)
for module in (textual.app, textual.pilot):
    assert callable(vars(module)["wait_for_idle"])
    setattr(module, "wait_for_idle", rest)  # noqa: B010 - not a name that they export
