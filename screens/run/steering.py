"""What can be asked of the run itself: pause, again, skip."""

from collections.abc import Callable

from textual import work

from screens.base import FrameScreen
from screens.run.dialogs import ReasonDialog
from screens.run.live import LiveRun


class RunSteering(FrameScreen):
    """`go` begins the run or goes on with it; `redraw` says at once what came of a key."""

    live: LiveRun
    go: Callable[[], object]
    redraw: Callable[[], object]

    @property
    def phase(self) -> str:
        raise RuntimeError("RunScreen says which one")

    def action_pause(self) -> None:
        control = self.live.control
        if control.paused:
            control.resume()
        else:
            control.pause()
        self.redraw()

    def action_retry(self) -> None:
        """Failed phases again; or a run that was interrupted goes on."""
        for phase in self.live.progress.of("failed"):
            self.live.control.retry(phase.name)
        if not self.live.control.running:
            self.go()

    @work(group="dialog")
    async def action_skip(self) -> None:
        phase = self.skippable
        if phase is None:
            return
        needs = [other.name for other in self.live.plan.phases if phase in other.predecessors]
        what = "What it changes at this moment is broken off. " if self._runs(phase) else ""
        then = f"{', '.join(needs)} will begin without it, and may fail." if needs else "Nothing waits for it."
        meaning = f"It is taken for done, whatever the cluster says. {what}{then} The report says why."
        reason = await self.app.push_screen_wait(ReasonDialog(f"Skip {phase}", meaning, "skip it", self.symbols))
        if reason:
            self.live.control.skip(phase, reason)
            if not self.live.control.running:
                self.go()

    @property
    def skippable(self) -> str | None:
        """The phase that `S` is about: the chosen one, else the one that matters now."""
        phase = self.live.progress.phases.get(self.phase)
        return phase.name if phase and phase.state in ("failed", "running", "blocked") else None

    def _runs(self, phase: str) -> bool:
        return self.live.progress.phases[phase].state == "running"

    def action_checklist(self) -> None:
        self.app.push_screen("checklist")
