"""Whether the login may do what a plan will do, read once for each place."""

from textwrap import wrap

from textual import work
from textual.content import Content
from textual.widgets import Static

from llmd_tui.draft.draft import SUBSCRIPTION
from llmd_tui.draft.outline import outline
from llmd_tui.draft.session import GROUP, Session
from llmd_tui.events import CheckLine
from llmd_tui.loading import load
from screens.glyphs import GLYPHS, Symbols
from screens.widgets.frame import STYLES, Pane, PaneTitle
from screens.wizard.review_text import STATES

QUIET = STYLES["quiet"]
LABELS = {"azure-role": "role", "azure-providers": "providers"}
WELL = {"azure-role": "resource groups, AKS, features", "azure-providers": "all of them are registered"}
INDENT = 14


class Rights(Pane):
    """Empty while nobody is logged in, and for a cluster of the kubeconfig."""

    def __init__(self, session: Session, symbols: Symbols) -> None:
        self._session = session
        self._symbols = symbols
        self._text = Static(markup=False, classes="text")
        self._asked: tuple[str, ...] = ()
        self.lines: list[CheckLine] = []
        super().__init__(PaneTitle("Rights", symbols=symbols), self._text, id="rights")

    def show(self) -> None:
        """Asks where that was not done for this subscription, group and kind of target."""
        draft, arm = self._session.draft, self._session.azure.connection
        shown = draft.target != "kubeconfig" and self._session.azure.login.state == "ready" and arm is not None
        self.set_class(not shown, "-empty")
        if not shown:
            return
        self.title.note = f"on {self._session.azure.subscription_name(self._session.azure.subscription)}"
        asked = (
            draft.target,
            self._session.azure.subscription,
            *(draft.value(path).text for path in (SUBSCRIPTION, GROUP)),
        )
        if asked != self._asked:
            self._asked = asked
            self._read()

    def on_resize(self) -> None:
        self._draw()

    @property
    def allowed(self) -> bool:
        """Whether the role is known to suffice."""
        return any(line.id == "azure-role" and line.result == "pass" for line in self.lines)

    @work(group="rights", exclusive=True)
    async def _read(self) -> None:
        arm, made = self._session.azure.connection, outline(self._session.draft)
        if arm is None or made is None:
            return
        self.title.right = f"{self._symbols.of('running')} reading"
        await load("llmd_tui.checks.beforehand")
        from llmd_tui.checks.beforehand import rights

        try:
            self.lines = await rights(*made, arm)
        finally:
            self.title.right = ""
        self._draw()

    def _draw(self) -> None:
        """Folded at the width that there is now."""
        self._text.update(Content("\n").join(part for line in self.lines for part in self._line(line)))

    def _line(self, line: CheckLine) -> list[Content]:
        state = STATES[line.result]
        passed = WELL.get(line.id, line.evidence)
        words = wrap(passed if line.result == "pass" else f"{line.evidence.rstrip('.')}. {line.remedy}", self._room)
        mark = (self._symbols.of(state), STYLES[GLYPHS[state].role])
        head = Content.assemble(
            mark, f" {LABELS.get(line.id, line.id):<{INDENT - 2}}", (self._text_of(words[0]), QUIET)
        )
        return [head, *(Content.styled(" " * INDENT + self._text_of(word), QUIET) for word in words[1:])]

    @property
    def _room(self) -> int:
        return max(20, self._text.content_size.width - INDENT)

    def _text_of(self, words: str) -> str:
        return self._symbols.text(words)
