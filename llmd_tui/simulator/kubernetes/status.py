"""Refusals in the words of the API server: `Status` objects."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from llmd_tui.objects import Object
from llmd_tui.simulator.kubernetes.kinds import Kind


class StatusError(Exception):
    """Ends a request with this HTTP code and a `Status` of kind Failure."""

    def __init__(self, code: int, reason: str, message: str, details: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.message = message
        self.details = details
        self.metadata: dict[str, Any] = {}

    def body(self) -> Object:
        status: Object = {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": self.metadata,
            "status": "Failure",
            "message": self.message,
        }
        if self.reason:
            status["reason"] = self.reason
        if self.details is not None:
            status["details"] = self.details
        return status | {"code": self.code}


@dataclass(frozen=True)
class Cause:
    """One reason why an object is invalid. `kind` is the word of the API: Required, Invalid, NotSupported ..."""

    field: str
    message: str
    kind: str = "Invalid"

    def as_dict(self) -> dict[str, str]:
        return {"reason": f"FieldValue{self.kind}", "message": self.message, "field": self.field}


def _details(kind: Kind, name: str, *, of_kind: bool = False) -> dict[str, Any]:
    details = {"name": name} if name else {}
    return details | ({"group": kind.group} if kind.group else {}) | {"kind": kind.kind if of_kind else kind.plural}


def success(kind: Kind, name: str, uid: str) -> Object:
    details = _details(kind, name) | ({"uid": uid} if uid else {})
    return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details}


def not_found(kind: Kind, name: str) -> StatusError:
    return StatusError(404, "NotFound", f'{kind.resource} "{name}" not found', _details(kind, name))


def no_such_resource() -> StatusError:
    return StatusError(404, "NotFound", "the server could not find the requested resource", {})


def already_exists(kind: Kind, name: str) -> StatusError:
    return StatusError(409, "AlreadyExists", f'{kind.resource} "{name}" already exists', _details(kind, name))


def conflict(kind: Kind, name: str, why: str) -> StatusError:
    message = f'Operation cannot be fulfilled on {kind.resource} "{name}": {why}'
    return StatusError(409, "Conflict", message, _details(kind, name))


def modified(kind: Kind, name: str) -> StatusError:
    why = "the object has been modified; please apply your changes to the latest version and try again"
    return conflict(kind, name, why)


def bad_request(message: str) -> StatusError:
    return StatusError(400, "BadRequest", message)


def forbidden(kind: Kind, name: str, why: str, causes: Sequence[dict[str, str]] = ()) -> StatusError:
    details = _details(kind, name) | ({"causes": list(causes)} if causes else {})
    return StatusError(403, "Forbidden", f'{kind.resource} "{name}" is forbidden: {why}', details)


def invalid(kind: Kind, name: str, causes: Sequence[Cause]) -> StatusError:
    return _invalid(f'{kind.group_kind} "{name}"', _details(kind, name, of_kind=True), causes)


def invalid_options(options: str, cause: Cause) -> StatusError:
    """Refuses a parameter of the request: of `CreateOptions`, `PatchOptions`, `ListOptions` ..."""
    return _invalid(f'{options}.meta.k8s.io ""', {"group": "meta.k8s.io", "kind": options}, [cause])


def _invalid(what: str, details: dict[str, Any], causes: Sequence[Cause]) -> StatusError:
    found = list(dict.fromkeys(f"{cause.field}: {cause.message}" for cause in causes))
    message = found[0] if len(found) == 1 else f"[{', '.join(found)}]"
    details |= {"causes": [cause.as_dict() for cause in causes]}
    return StatusError(422, "Invalid", f"{what} is invalid: {message}", details)


def method_not_allowed() -> StatusError:
    message = "the server does not allow this method on the requested resource"
    return StatusError(405, "MethodNotAllowed", message, {})


def unsupported_media_type() -> StatusError:
    return StatusError(415, "UnsupportedMediaType", "415: Unsupported Media Type", {})


def expired(message: str) -> StatusError:
    return StatusError(410, "Expired", message)


def unknown_fields(kind: Kind, problems: Sequence[str]) -> StatusError:
    """Of a request with strict field validation."""
    message = f'{kind.kind} in version "{kind.version}" cannot be handled as a {kind.kind}'
    return bad_request(f"{message}: strict decoding error: {', '.join(problems)}")
