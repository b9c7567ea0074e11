"""Events as events.k8s.io/v1 shows them: the same objects as core/v1's, with other names."""

from llmd_tui.objects import Object
from llmd_tui.simulator.kubernetes.encoding import tail
from llmd_tui.simulator.kubernetes.kinds import Kind
from llmd_tui.simulator.kubernetes.storage import Stored

_NAMES = {
    "involvedObject": "regarding",
    "message": "note",
    "reportingComponent": "reportingController",
    "source": "deprecatedSource",
    "firstTimestamp": "deprecatedFirstTimestamp",
    "lastTimestamp": "deprecatedLastTimestamp",
    "count": "deprecatedCount",
}
_BACK = {new: old for old, new in _NAMES.items()}


def _converts(kind: Kind) -> bool:
    return kind.table == "events" and kind.group == "events.k8s.io"


def to_stored(obj: Object, kind: Kind) -> Object:
    """What a client sent, as it is stored."""
    return {_BACK.get(name, name): value for name, value in obj.items()} if _converts(kind) else obj


def from_stored(obj: Object, kind: Kind) -> Object:
    """The stored object as this version of the kind has it."""
    if _converts(kind):
        obj = {_NAMES.get(name, name): value for name, value in obj.items()}
    return obj if obj.get("apiVersion") == kind.api_version else {**obj, "apiVersion": kind.api_version}


def stored_path(path: str, kind: Kind) -> str:
    """Where a field of this version is in the stored object."""
    first, dot, rest = path.partition(".")
    return _BACK.get(first, first) + dot + rest if _converts(kind) else path


def stored_tail(stored: Stored, kind: Kind) -> bytes:
    """The JSON of the object without its head."""
    return tail(from_stored(stored.obj, kind)) if _converts(kind) else stored.tail
