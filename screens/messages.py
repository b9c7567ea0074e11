"""The one module that turns what the engine says into Textual messages; and what screens ask of the application."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from llmd_tui.azure.listed import Tenant
    from llmd_tui.azure.person import Prompt
    from llmd_tui.events import Event
    from screens.widgets.frame import Verdict


class EngineEvent(Message):
    """An event of the run."""

    def __init__(self, event: "Event") -> None:
        super().__init__()
        self.event = event


class RunFinished(Message):
    """Nothing of the run is left that could go on."""

    def __init__(self, outcome: str) -> None:
        super().__init__()
        self.outcome = outcome


class Begin(Message):
    """The wizard, with nothing said yet but, perhaps, the kubeconfig's context."""

    def __init__(self, context: str = "") -> None:
        super().__init__()
        self.context = context


class Continue(Message):
    """The wizard, with the draft that was kept."""


class Rehearse(Message):
    """The wizard, on simulators."""


class OpenFile(Message):
    """The wizard, with an answers file."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path


class LookAt(Message):
    """A run as it stands, from its journal; nothing is asked or done."""

    def __init__(self, run: str) -> None:
        super().__init__()
        self.run = run


class TakeUp(Message):
    """A run is to go on; without the phases of `skip`, which says why."""

    def __init__(self, run: str, skip: Mapping[str, str] | None = None) -> None:
        super().__init__()
        self.run = run
        self.skip = skip or {}


class LoginAsked(Message):
    """Somebody has to log in to Azure."""

    def __init__(self, prompt: "Prompt") -> None:
        super().__init__()
        self.prompt = prompt


class LoginOver(LoginAsked):
    """That has come to its end, whichever."""


class LogIn(Message):
    """How to log in to Azure is to be chosen; `then` goes on with it. `tenants` have a login of their own."""

    def __init__(self, then: Callable[[], object], tenants: "Sequence[Tenant]" = ()) -> None:
        super().__init__()
        self.then = then
        self.tenants = tenants


class Destroy(Message):
    """What the run at hand made is to be taken away, after its name was typed."""


class DestroyRun(Message):
    """The same of a run that is only known by its id."""

    def __init__(self, run: str) -> None:
        super().__init__()
        self.run = run


class Gone(Message):
    """It was taken away: there is nothing to go back to."""


class Said(Message):
    """The verdict of the screen at hand says something else now."""

    def __init__(self, verdict: "Verdict") -> None:
        super().__init__()
        self.verdict = verdict
