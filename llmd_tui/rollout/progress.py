"""How far a wait is, and words that all its tests share."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from llmd_tui.objects import Object
from llmd_tui.rollout.moment import Moment
from llmd_tui.rollout.reading import condition_of, dig, has_labels, name_of, number, text
from llmd_tui.rollout.words import listing, many


@dataclass(frozen=True)
class Progress:
    """Whether a wait is over.

    `text` says what is there and what is lacking, without any running time. `count` is (there, wanted) where that is
    countable, `subjects` the names of what is lacking. `failed` says that it cannot become true by waiting.
    """

    done: bool
    text: str
    count: tuple[int, int] | None = None
    subjects: tuple[str, ...] = ()
    failed: bool = False


Arguments: TypeAlias = Mapping[str, Any]
Test: TypeAlias = Callable[[Arguments, Moment], Progress]


def not_there(kind: str, name: str) -> Progress:
    return Progress(False, f"{kind} {name} is not there yet", subjects=(name,))


def of(kind: str, ready: int, wanted: int, lacking: list[tuple[str, str]], what: str) -> Progress:
    """`1 of 3 nodes with OFED ready; 2 × OFED building`. `lacking` are names with the reason, which may be empty."""
    reasons = Counter(reason for _, reason in lacking if reason)
    told = listing([f"{count} × {reason}" for reason, count in sorted(reasons.items())])
    text = "; ".join(filter(None, [f"{ready} of {many(wanted, kind)} {what}", told]))
    done = ready >= wanted > 0 and not lacking
    return Progress(done, text, (ready, wanted), tuple(name for name, _ in lacking))


def wanted_nodes(arguments: Arguments, moment: Moment) -> tuple[list[Object], int]:
    """The nodes with the labels, sorted, and how many there should be: all of them, or `count` when that is more."""
    found = [node for node in moment.nodes.values() if has_labels(node, arguments["labels"])]
    return sorted(found, key=name_of), max(len(found), number(arguments.get("count")), 1)


def current_condition(obj: Object, kind: str) -> Object:
    """The condition of that type, if it is about this generation of the object; else empty."""
    found = condition_of(obj, kind)
    seen = found.get("observedGeneration", dig(obj, "status", "observedGeneration"))
    generation = dig(obj, "metadata", "generation")
    if isinstance(seen, int) and isinstance(generation, int) and seen < generation:
        return {}
    return found


def written(condition: Object, kind: str) -> str:
    """`Programmed is False: AddressNotAssigned, no address`; what is told when there is none yet."""
    if not condition:
        return f"{kind} is not set for this generation yet"
    detail = ", ".join(filter(None, [text(condition.get("reason")), text(condition.get("message"))]))
    return f"{kind} is {text(condition.get('status')) or 'Unknown'}" + (f": {detail}" if detail else "")
