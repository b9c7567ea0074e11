"""One question to a model server, the answer as it comes, and how fast it came."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from llmd_tui.clock import Clock
from llmd_tui.serving.explanations import explain
from llmd_tui.serving.stream import END, Chunk, Lines, chunk

if TYPE_CHECKING:
    import aiohttp

MOST_BODY = 4_000
"""Characters that are kept of a refusal."""


@dataclass(frozen=True)
class Question:
    """`patience` is how many seconds on the wall nothing may come, `longest` how many the whole may take."""

    model: str
    prompt: str
    max_tokens: int = 512
    chat: bool = True
    patience: float = 120
    longest: float | None = None

    @property
    def path(self) -> str:
        return "/v1/chat/completions" if self.chat else "/v1/completions"

    @property
    def body(self) -> dict[str, Any]:
        asked = {"messages": [{"role": "user", "content": self.prompt}]} if self.chat else {"prompt": self.prompt}
        more = {"max_tokens": self.max_tokens, "temperature": 0, "stream": True}
        return {"model": self.model, **asked, **more, "stream_options": {"include_usage": True}}


@dataclass(frozen=True)
class Answer:
    """Seconds by the clock that was given, from sending on. `tokens` is None when the server did not count them.

    `first_token` is when the first chunk of the stream came, however empty its text; None when none came. `between` is
    the time from one token to the next, None with fewer than two. `body` is a refusal's, cut.
    """

    status: int
    headers: dict[str, str]
    body: str
    first_token: float | None
    between: float | None
    seconds: float
    tokens: int | None
    complete: bool
    finish: str = ""


async def ask(url: str, question: Question, clock: Clock) -> AsyncGenerator[Chunk | Answer]:
    """Chunks as they come, then the Answer. Leaving it early ends the request.

    Raises OSError when the connection does not come about or breaks, TimeoutError when nothing comes.
    """
    import aiohttp

    timeout = aiohttp.ClientTimeout(total=question.longest, sock_read=question.patience, sock_connect=question.patience)
    reading = _Reading(clock)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.post(f"{url}{question.path}", json=question.body) as response,
        ):
            async for piece in reading.chunks(response):
                yield piece
            yield reading.answer(response)
    except TimeoutError:
        raise
    except aiohttp.ClientError as error:
        raise ConnectionError(str(error) or type(error).__name__) from error


class _Reading:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._begun = clock.time()
        self._first: float | None = None
        self._last = 0.0
        self._count = 0
        self._tokens: int | None = None
        self._finish = ""
        self._whole = self._broken = False
        self._body = ""

    async def chunks(self, response: "aiohttp.ClientResponse") -> AsyncGenerator[Chunk]:
        import aiohttp

        lines = Lines()
        try:
            async for data in response.content.iter_any():
                for line in lines.feed(data):
                    if piece := self._take(line):
                        yield piece
            self._keep(lines.rest())
        except (aiohttp.ClientPayloadError, ValueError):
            self._broken = True

    def _take(self, line: str) -> Chunk | None:
        if not line.startswith("data:"):
            self._keep(line)
            return None
        now = self._clock.time() - self._begun
        self._first = now if self._first is None else self._first
        event = line.removeprefix("data:").strip()
        if event == END:
            self._whole = True
            return None
        piece = chunk(event)
        self._tokens = piece.tokens if piece.tokens is not None else self._tokens
        self._finish = piece.finish or self._finish
        if piece.error:
            self._keep(piece.error)
        if piece.tokens is None:
            self._last, self._count = now, self._count + 1
        return piece

    def _keep(self, line: str) -> None:
        self._body = f"{self._body}\n{line}".strip()[:MOST_BODY]

    def answer(self, response: "aiohttp.ClientResponse") -> Answer:
        steps = (self._tokens or self._count) - 1
        apart = None if self._first is None or steps < 1 else (self._last - self._first) / steps
        return Answer(
            status=response.status,
            headers={name.lower(): value for name, value in response.headers.items()},
            body=self._body,
            first_token=self._first,
            between=apart,
            seconds=self._clock.time() - self._begun,
            tokens=self._tokens,
            complete=self._whole and bool(self._finish) and not self._broken,
            finish=self._finish,
        )


def trouble(answer: Answer) -> tuple[str, str] | None:
    """What is wrong with an answer, and what helps; None when it is a good one."""
    if answer.status != 200:
        return explain(answer.status, answer.body, answer.headers)
    if answer.first_token is None or not answer.complete:
        return (
            f"HTTP 200, but the stream broke off after {answer.seconds:.2f} s",
            "The model server died while it answered: look at its restarts and its last words.",
        )
    return None
