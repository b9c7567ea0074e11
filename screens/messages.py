"""The one module that turns what the engine says into Textual messages."""

from textual.message import Message

from llmd_tui.events import Event


class EngineEvent(Message):
    """An event of the run."""

    def __init__(self, event: Event) -> None:
        super().__init__()
        self.event = event


class RunFinished(Message):
    """Nothing of the run is left that could go on."""

    def __init__(self, outcome: str) -> None:
        super().__init__()
        self.outcome = outcome
