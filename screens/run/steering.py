"""What can be asked of the run itself: pause, again, skip."""

from collections.abc import Callable

from textual import work

from llmd_tui.errors import UserError
from screens.base import FrameScreen
from screens.messages import Destroy
from screens.run.dialogs import ReasonDialog
from screens.run.live import LiveRun
from screens.widgets.dialog import Dialog
from screens.widgets.frame import Verdict

ABORTING = (
    "Azure gives it up, and the phase fails; r makes it anew. Machines that came already stay and cost money until "
    "then, or until it is destroyed.\n\n"
    "q is something else: it leaves, Azure goes on, and resume waits for it."
)


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

    @property
    def abortable(self) -> str:
        """What of Azure's the phase waits for that is looked at, as `cluster llmd`."""
        return self.live.abortable(self.phase) if self.live.abort else ""

    @work(group="abort", exclusive=True, exit_on_error=False)
    async def action_abort(self) -> None:
        """Another thing than leaving, which ends this program's part alone."""
        phase, what, abort = self.phase, self.abortable, self.live.abort
        if not what or abort is None:
            return
        dialog = Dialog(
            f"Abort {what}", ABORTING, safe="keep it", act=("A", "abort it"), symbols=self.symbols, danger=True
        )
        if not await self.app.push_screen_wait(dialog):
            return
        try:
            given_up = await abort(phase)
        except UserError as error:
            self.tell(Verdict("failed", error.message, error.remedy))
            return
        self.note(f"Azure gives up {given_up}." if given_up else f"{what} was done already.")

    def _runs(self, phase: str) -> bool:
        return self.live.progress.phases[phase].state == "running"

    def action_destroy(self) -> None:
        self.post_message(Destroy())

    def action_checklist(self) -> None:
        self.app.push_screen("checklist")
