"""Trying the endpoint: one prompt, its answer as it comes, its times, and who gave it."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import TypeAlias

from llmd_tui.clock import Clock
from llmd_tui.errors import UserError
from llmd_tui.serving.ask import Answer, Question, ask, trouble
from llmd_tui.serving.link import Link
from llmd_tui.serving.stream import Chunk
from llmd_tui.serving.witness import Served, Witness

PROMPT = "What does a prefill pod do?"
_NO_CHAT = "chat template"


@dataclass(frozen=True)
class Tried:
    """A good answer. `served` are the pods that it came from, where their counters tell."""

    answer: Answer
    served: Served


Step: TypeAlias = Chunk | Tried


async def trial(link: Link, question: Question, witness: Witness | None = None) -> AsyncGenerator[Step]:
    """Switches the port-forward on when it is off. Chunks as they come, then Tried; leaving it early ends the request.

    A model without a chat template is asked to go on with the text instead. Raises UserError in words.
    """
    url = await link.open()
    before = await witness.look() if witness else None
    answer: Answer | None = None
    for asked in (question, replace(question, chat=False)):
        try:
            async with aclosing(ask(url, asked, Clock())) as answering:
                async for said in answering:
                    if isinstance(said, Answer):
                        answer = said
                    else:
                        yield said
        except TimeoutError:
            raise UserError(
                f"Nothing came for {question.patience:.0f} s.", "A hung replica keeps requests: look at its log."
            ) from None
        except OSError as error:
            raise UserError(f"No answer through the port-forward: {link.trouble or error}.", _LOOK) from None
        if not (asked.chat and answer and answer.status == 400 and _NO_CHAT in answer.body):
            break
    if answer is None:
        raise UserError("The answer did not end.", _LOOK)
    if wrong := trouble(answer):
        raise UserError(f"{wrong[0]}.", wrong[1])
    yield Tried(answer, await witness.served(before) if witness and before else Served())


_LOOK = "Look at the gateway's or the router's pod."
