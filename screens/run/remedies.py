"""What the Run screen does with a finding: its remedy, its log, its evidence; and waiving it."""

from textual import on, work

from llmd_tui.diagnose.finding import Finding
from llmd_tui.diagnose.text import markdown
from llmd_tui.errors import UserError
from screens.run.asking import RunActions
from screens.run.dialogs import ReasonDialog
from screens.run.findings import FindingsPane
from screens.run.log_lines import Subject
from screens.widgets.dialog import Dialog


class FindingActions(RunActions):
    """Keys for findings, wherever the focus is, and answers to what the Findings pane asks.

    `found` are the findings that are shown, the worst first.
    """

    findings_pane: FindingsPane
    found: tuple[Finding, ...] = ()

    def action_findings(self) -> None:
        if self.found:
            self.findings_pane.take_focus()
        elif waived := self.live.progress.found.waived:
            self.note(f"Waived, {waived[-1].waived}: {waived[-1].seen.title}.")
        else:
            self.note("Nothing is wrong: there is no finding.")

    def action_remedy(self) -> None:
        """Of the one that is open before the user."""
        finding = self.findings_pane.selected
        if finding and (finding.remedy.acts or finding.remedy.command):
            self._help(finding)
        else:
            self.note("There is no finding, so there is no remedy." if not finding else "No remedy is known.")

    @on(FindingsPane.Remedy)
    def _remedy_asked(self, message: FindingsPane.Remedy) -> None:
        self._help(message.finding)

    @work(group="remedy")
    async def _help(self, finding: Finding) -> None:
        """Once. What cannot be taken back is asked for first; what we cannot do is copied."""
        remedy = finding.remedy
        if not remedy.acts or self.live.remedy is None:
            self._copied(remedy.command, "command copied")
            return
        if remedy.danger and not await self.app.push_screen_wait(self._question(finding)):
            return
        try:
            done = await self.live.remedy(finding)
        except UserError as error:
            self._refused(error)
            return
        if any(step.verb == "retry" for step in remedy.steps) and not self.live.control.running:
            self.go()
        self._told(done)

    def _question(self, finding: Finding) -> Dialog:
        words = "\n\n".join(filter(None, (finding.remedy.text, finding.remedy.command)))
        return Dialog(finding.title, words, safe="keep it", act=("x", "do it"), symbols=self.symbols)

    @on(FindingsPane.ShowLog)
    def _log_asked(self, message: FindingsPane.ShowLog) -> None:
        """Of the pod that the finding is about; of its phase's commands where it is about none."""
        finding = message.finding
        pod = next((subject for subject in finding.subjects if subject.kind == "Pod"), None)
        if pod:
            self.log_pane.follow(Subject(finding.phase or self.phase, pod.namespace, pod.name, pod.container))
        self.action_show_log()

    @on(FindingsPane.Copy)
    def _copy_asked(self, message: FindingsPane.Copy) -> None:
        self._copied(markdown(message.finding), "copied")

    @on(FindingsPane.Export)
    def _export_asked(self, message: FindingsPane.Export) -> None:
        if self.live.save_evidence is None:
            self.note("Evidence is written by a run that goes on here.")
            return
        try:
            self._told(f"written to {self.live.save_evidence(message.finding)}")
        except UserError as error:
            self._refused(error)

    @on(FindingsPane.Waive)
    def _waive_asked(self, message: FindingsPane.Waive) -> None:
        self._waive(message.finding)

    @work(group="dialog")
    async def _waive(self, finding: Finding) -> None:
        if self.live.accept is None:
            self.note("A finding is waived by a run that goes on here.")
            return
        meaning = "It is not told any more as long as it lasts. The reason goes into the run's journal."
        dialog = ReasonDialog(f"Waive: {finding.title}", meaning, "waive it", self.symbols)
        if reason := await self.app.push_screen_wait(dialog):
            self.live.accept(finding, reason)

    def _copied(self, text: str, said: str) -> None:
        if text:
            self.app.copy_to_clipboard(text)
            self._told(said)

    def _told(self, text: str) -> None:
        self.notify(self.symbols.text(text), timeout=4, markup=False)

    def _refused(self, error: UserError) -> None:
        text = f"{error.message} {error.remedy}".strip()
        self.notify(self.symbols.text(text), severity="error", timeout=4, markup=False)
