"""What a run changes and looks at, as the scheduler sees it."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from llmd_tui.events import CheckLine
from llmd_tui.kube.store import View
from llmd_tui.plan.actions import Action


class Report(Protocol):
    """How an action tells, while it is carried out, what goes on."""

    @property
    def phase(self) -> str: ...

    @property
    def begun(self) -> bool:
        """Whether the phase has changed something, now or in an earlier execution, and not been finished since."""
        ...

    def output(self, line: str) -> None:
        """A line that a command printed."""
        ...

    def waiting(self, waits_for: str, error: str = "") -> None:
        """What the action waits for, and the last error met meanwhile."""
        ...

    @property
    def waived(self) -> Mapping[str, str]:
        """Checks that may fail, by id, each with the reason."""
        ...

    def checking(self, check: str) -> None:
        """A check of this id looks now."""
        ...

    def checked(self, line: CheckLine) -> None:
        """One line of a checklist."""
        ...

    async def rest(self, seconds: float) -> None:
        """Sleeps between two attempts, by the run's clock. A run that stops does not wait for the next one."""
        ...

    def token(self) -> str | None:
        """The continuation token that this action left behind in an earlier execution of the run."""
        ...

    def keep_token(self, token: str) -> None:
        """Writes down how the long-running operation that was just begun can be taken up again."""
        ...


class World(Protocol):
    """Azure, the cluster, and the commands between. Failures are UserErrors."""

    @property
    def view(self) -> View:
        """What is known of the cluster; empty until `connect`."""
        ...

    async def look(self, action: Action, report: Report) -> bool:
        """Whether everything is as the action asks already. Changes nothing."""
        ...

    async def carry_out(self, action: Action, report: Report) -> bool:
        """Returns whether anything was changed."""
        ...

    async def connect(self, report: Report) -> None:
        """Reaches the cluster with the run's own kubeconfig and observes it from now on."""
        ...

    async def changed(self) -> None:
        """Returns at the next change of `view` or of `trouble`."""
        ...

    def trouble(self) -> str:
        """Why `view` may be old: the last error of the observation; empty when it is live."""
        ...

    def redact(self, text: str) -> str:
        """`text` without the values of secrets."""
        ...

    def goes_on(self, actions: Sequence[Action]) -> str:
        """What of `actions` goes on when this program ends, as a sentence; empty when nothing does."""
        ...

    async def close(self) -> None: ...
