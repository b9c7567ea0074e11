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
    """An object that the finding is about. `namespace` is empty for nodes and other cluster-wide objects.

    `container` is the one whose log tells, of a pod.
    """

    kind: str
    namespace: str
    name: str
    container: str = ""


@dataclass(frozen=True)
class Step:
    """One thing that a remedy does: delete a pod, retry a phase, label a namespace, cordon a node.

    `subject` is the object; for `retry` its name is the phase's. `labels` are for `label`.
    """

    verb: Literal["delete", "retry", "label", "cordon"]
    subject: Subject
    labels: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Remedy:
    """What would help. `text` says what happens and what it touches, `command` is the equivalent command.

    `acts`: we can do it ourselves, by `steps` and nothing else; `danger`: it drains, restarts a node or deletes data.
    `seconds` is an estimate.
    """

    text: str
    command: str = ""
    seconds: float | None = None
    acts: bool = False
    danger: bool = False
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True)
class Finding:
    """`id` is the failure's in the catalogue, empty for what no entry explains; `since` when it was first seen.

    `title` names the thing, `effect` what it leads to, `why` why the cause is that sure. `phase` is the one that it
    holds up, where that is known.
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

    @property
    def key(self) -> tuple[str, ...]:
        """The same as long as it is the same trouble."""
        if self.id:
            return (self.id,)
        named = self.subjects[0] if self.subjects else Subject("", "", self.title)
        return ("", self.phase, named.kind, named.namespace, named.name)
