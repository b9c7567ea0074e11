"""The steps of a write that a kind may do in its own way."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from llmd_tui.objects import Object
from llmd_tui.simulator.kubernetes.kinds import Kind
from llmd_tui.simulator.kubernetes.status import Cause

if TYPE_CHECKING:
    from llmd_tui.simulator.kubernetes.registry import Registry


class Strategy:
    """What most kinds do: nothing. Objects come in shared: changes are copies."""

    keeps_status = False
    """Whether a new object may bring its status along."""

    def default(self, obj: Object) -> Object:
        """Fills in what depends on the whole object, before the writer is noted as its manager."""
        return obj

    def create(self, obj: Object, kind: Kind, registry: "Registry") -> Object:
        """Completes a new object: what admission and allocation do. Raises StatusError to refuse it."""
        return obj

    def update(self, obj: Object, old: Object, kind: Kind, registry: "Registry") -> Object:
        """Carries over what an update must not lose."""
        return obj

    def invalid(self, obj: Object, old: Object | None) -> Iterator[Cause]:
        """What is wrong with the object beside its shape."""
        return iter(())
