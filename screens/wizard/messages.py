"""What the wizard's screens tell the application."""

from textual.message import Message

from llmd_tui.draft.steps import Step


class Go(Message):
    """To another step."""

    def __init__(self, step: Step) -> None:
        super().__init__()
        self.step: Step = step


class Create(Message):
    """The plan on the review is to be carried out."""


class Found(Message):
    """Something was read, of Azure or of a cluster."""
