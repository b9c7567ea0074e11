"""A person who is asked to log in."""

import asyncio

from llmd_tui.azure.person import Prompt


class Somebody:
    """Keeps what is shown, and does with it what the test wants."""

    chooses = False

    def __init__(self) -> None:
        self.shown: list[Prompt] = []
        self.hidden: list[Prompt] = []
        self.asked = asyncio.Event()

    def show(self, prompt: Prompt) -> None:
        self.shown.append(prompt)
        self.asked.set()

    def hide(self, prompt: Prompt) -> None:
        self.hidden.append(prompt)
