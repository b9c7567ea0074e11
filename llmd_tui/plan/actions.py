"""What a phase does and how it is known to be done, as data.

An action runs (`llmd_tui.run`), shows as the equivalent command (`llmd_tui.plan.commands`) and is written out
(`llmd_tui.export`); all three read the same object.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from llmd_tui.objects import Object


@dataclass(frozen=True)
class Arm:
    """A request to Azure Resource Manager.

    `path` starts at /subscriptions; `command` is the equivalent `az` call as an argument list.
    """

    method: str
    path: str
    api_version: str
    body: Mapping[str, Any] | None
    command: tuple[str, ...]


@dataclass(frozen=True)
class Helm:
    """A release as it should be. `chart` is a name in `repository`, an oci:// reference or a local path.

    `component` is its entry in presets/components, which tells what the chart makes.
    """

    component: str
    release: str
    namespace: str
    chart: str
    repository: str | None
    version: str
    values: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True)
class Apply:
    """Objects for server-side apply, in this order.

    A value `${env:HF_TOKEN}` in a Secret's stringData is a secret reference, replaced in the moment of sending.
    """

    objects: tuple[Object, ...]


@dataclass(frozen=True)
class Manifest:
    """Somebody else's published manifest, pinned. `sha256` is empty where its publisher gives none."""

    url: str
    sha256: str
    crds: tuple[str, ...]


@dataclass(frozen=True)
class Checks:
    """Checks of `llmd_tui.checks`, by id.

    `waived` are those that may fail, with the reason; `left_out` those that could prove nothing on this plan, and why.
    """

    ids: tuple[str, ...]
    waived: Mapping[str, str] = field(default_factory=dict[str, str])
    left_out: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class Wait:
    """What must be true of the cluster, as one of the tests of `llmd_tui.rollout.waits`.

    `what` completes "waits for ..."; `hold` is how long, in seconds, it must stay true to be believed.
    """

    test: str
    what: str
    arguments: Mapping[str, Any] = field(default_factory=dict[str, Any])
    hold: float = 0


Action: TypeAlias = Arm | Helm | Apply | Manifest | Checks | Wait
