"""What can be asked for a check: once more, let it pass with a reason, the log that tells more."""

from textual import work

from llmd_tui.checks.commands import LogOf, log_of
from llmd_tui.checks.expected import Expected
from llmd_tui.errors import UserError
from llmd_tui.run.checklist import Line
from llmd_tui.text import one_line
from screens.base import FrameScreen
from screens.run.dialogs import ReasonDialog
from screens.run.live import LiveRun
from screens.run.log_viewer import LogViewer
from screens.widgets.frame import Verdict


class CheckAsking(FrameScreen):
    """`selected` is the check that the keys are about; `told` stands in the verdict until something else is done."""

    live: LiveRun
    expected: Expected
    told: Verdict | None = None

    @property
    def selected(self) -> Line | None:
        raise TypeError("a screen says which check is selected")

    # Once more

    @work(group="repeat", exit_on_error=False)
    async def action_repeat(self) -> None:
        line = self.selected
        if line is None or line.started is not None:
            return
        self.told = None
        try:
            await self.live.control.repeat_check(line.phase, line.id)
        except UserError as error:
            self.told = Verdict("failed", error.message, error.remedy, "r repeat")
            return
        await self._go_on()

    async def _go_on(self) -> None:
        """When nothing stands in the way any more."""
        control = self.live.control
        if self.live.progress.ended and not control.running and control.can_go_on:
            await self.live.start()

    # Waive

    def action_waive(self) -> None:
        line = self.selected
        if line is None or line.done is None:
            return
        held = self.live.progress.phases[line.phase].state == "failed"
        goes_on = " The run goes on then." if held else ""
        words = f"{line.done.evidence.rstrip('.')}. The reason is kept in the journal and in every export.{goes_on}"
        dialog = ReasonDialog(f"Waive {line.id}", one_line(words), "waive it", self.symbols)

        def answered(reason: str | None) -> None:
            if reason:
                self._waive(line, one_line(reason))

        self.app.push_screen(dialog, answered)

    @work(group="repeat", exit_on_error=False)
    async def _waive(self, line: Line, reason: str) -> None:
        self.told = None
        self.live.control.waive(line.phase, line.id, reason)
        others = self.live.progress.checklist.obstacles(line.phase)
        left = [other.id for other in others if other.id != line.id]
        if left and self.live.progress.phases[line.phase].state == "failed":
            told = f"{line.id} is waived. Still in the way: {', '.join(left)}."
            self.told = Verdict("failed", told, "", "r repeat   w waive")
        await self._go_on()

    # Logs

    def log_subject(self) -> tuple[LogOf, str] | None:
        """The container, and the pod that it is in now."""
        line = self.selected
        wanted = log_of(line.id, self.expected) if line else None
        if wanted is None:
            return None
        labels = dict(wanted.labels) if wanted.labels else None
        pods = self.live.view().all("Pod", wanted.namespace, labels)
        names = sorted(str(pod["metadata"]["name"]) for pod in pods)
        found = next((name for name in names if name.startswith(wanted.prefix)), None)
        return (wanted, found) if found else None

    def action_log(self) -> None:
        if found := self.log_subject():
            wanted, pod = found
            self.app.push_screen(LogViewer(self.live, wanted.namespace, pod, wanted.container, self.symbols))
