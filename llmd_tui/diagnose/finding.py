"""What a diagnosis says."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

Confidence: TypeAlias = Literal["sure", "likely", "possible"]


@dataclass(frozen=True)
class Evidence:
    """One line of what was seen. `decisive`: this one tells; `healthy`: a twin that is well, for comparison."""

    text: str
    decisive: bool = False
    healthy: bool = False


@dataclass(frozen=True)
class Subject:
    """An object that the finding is about. `namespace` is empty for nodes and other cluster-wide objects."""

    kind: str
    namespace: str
    name: str


@dataclass(frozen=True)
class Remedy:
    """What would help. `text` says what happens and what it touches, `command` is the equivalent command.

    `acts`: we can do it ourselves; `danger`: it drains, restarts a node or deletes data. `seconds` is an estimate.
    """

    text: str
    command: str = ""
    seconds: float | None = None
    acts: bool = False
    danger: bool = False


@dataclass(frozen=True)
class Finding:
    """`id` is the failure's in the catalogue, empty for what no entry explains; `since` when it was first seen.

    `title` names the thing, `effect` what it leads to, `why` why the cause is that sure.
    """

    id: str
    state: Literal["failed", "slow", "note"]
    title: str
    effect: str
    evidence: tuple[Evidence, ...]
    cause: str
    confidence: Confidence
    why: str
    remedy: Remedy
    subjects: tuple[Subject, ...]
    since: datetime | None
    phase: str = ""
