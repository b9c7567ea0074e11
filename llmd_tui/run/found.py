"""What the diagnosis has said in a run, and what became of it, folded from its events."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from llmd_tui.events import Event, FindingGone, FindingSeen


@dataclass(frozen=True)
class Found:
    """A finding as it was told last. `gone` is there when it shows no more, or when somebody has waived it."""

    seen: FindingSeen
    gone: FindingGone | None = None

    @property
    def waived(self) -> str:
        """Why somebody has accepted it; empty while nobody has."""
        return self.gone.reason if self.gone else ""


@dataclass
class FoundSoFar:
    """`apply` takes each event once, in order."""

    _found: dict[tuple[str, str], Found] = field(default_factory=dict[tuple[str, str], Found])

    def apply(self, event: Event) -> None:
        if isinstance(event, FindingSeen):
            self._found[event.id, event.title] = Found(event)
        elif isinstance(event, FindingGone) and (known := self._found.get((event.id, event.title))):
            self._found[event.id, event.title] = Found(known.seen, event)

    def there(self, id: str, title: str) -> bool:  # noqa: A002 - the finding's own name for it
        """Whether it was told and has not gone since."""
        found = self._found.get((id, title))
        return found is not None and found.gone is None

    def __iter__(self) -> Iterator[Found]:
        return iter(self._found.values())

    @property
    def waived(self) -> tuple[Found, ...]:
        return tuple(found for found in self if found.waived)
