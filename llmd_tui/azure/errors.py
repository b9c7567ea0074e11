"""Azure's errors, unwrapped to their cause and given a next step."""

import json
import os
import re
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from llmd_tui.errors import UserError

if TYPE_CHECKING:
    from azure.core.exceptions import AzureError, HttpResponseError

MESSAGE_LIMIT = 400
"""Characters shown; VMSizeNotSupported lists every size there is."""

QUOTA = "Ask for more quota (portal: Quotas), or choose a region, size or node count that fits what is left."

# Codes, a phrase that the message must have ("" for any), and what to do. The first row that fits counts;
# OperationNotAllowed means quota only with the phrase.
NEXT_STEPS: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (("ErrCode_InsufficientVCPUQuota", "QuotaExceeded"), "", QUOTA),
    (("OperationNotAllowed",), "exceeding approved .* quota", QUOTA),
    (
        ("OperationNotAllowed", "Conflict", "EtagMismatch"),
        "in progress|another operation|concurrent",
        "Another operation runs on the cluster: wait for it and resume, or `az aks operation-abort`.",
    ),
    (
        ("SkuNotAvailable", "VMSizeNotSupported", "VMSizeNotSupportedByRegion"),
        "",
        "Choose another size, zone or region; a support request lifts a restriction of the subscription.",
    ),
    (
        ("AllocationFailed", "ZonalAllocationFailed", "OverconstrainedAllocationRequest"),
        "",
        "Azure has no free machines of this size here: try again later, with fewer nodes, or without a zone.",
    ),
    (("AvailabilityZoneNotSupported",), "", "Leave pool.zone out: AKS takes this size here without a zone only."),
    (("AksCapacityHeavyUsage",), "", "AKS is short of capacity in this region: choose another one."),
    (
        ("RequestDisallowedByPolicy",),
        "",
        "A policy of your organisation forbids it: ask its owner for an exemption, then resume.",
    ),
    (
        ("AuthorizationFailed", "LinkedAuthorizationFailed"),
        "",
        "Ask for the Contributor role on the resource group (on the subscription for features); then log in again.",
    ),
    (
        ("PreviewFeatureNotRegistered", "FeatureNotRegistered"),
        "",
        "Register the feature (`az feature register`), then the provider again, and resume.",
    ),
    (
        ("MissingSubscriptionRegistration",),
        "",
        "Register the provider: `az provider register --namespace NAME --wait`.",
    ),
    (
        ("Throttled", "TooManyRequests", "SubscriptionRequestsThrottled"),
        "",
        "Azure limits the rate of requests: wait a minute and resume.",
    ),
    (("K8sVersionNotSupported",), "", "`az aks get-versions --location REGION` lists the versions that AKS offers."),
    (
        ("SubscriptionNotFound", "InvalidAuthenticationTokenTenant"),
        "",
        "Log in to the tenant of the subscription: `az login --tenant TENANT`.",
    ),
    (
        ("AuthenticationFailed", "ExpiredAuthenticationToken", "InvalidAuthenticationToken"),
        "",
        "Log in again: `az login`.",
    ),
    (("ResourceGroupNotFound", "ResourceNotFound"), "", "Check the names of subscription, resource group and cluster."),
)


class ArmError(UserError):
    """Azure refused, or an operation ended badly. `status` is the HTTP status (200 when an operation failed later)."""

    def __init__(self, message: str, remedy: str, *, status: int, code: str, correlation: str) -> None:
        super().__init__(message, remedy)
        self.status = status
        self.code = code
        self.correlation = correlation


@dataclass(frozen=True)
class Cause:
    code: str
    message: str

    @property
    def next_step(self) -> str:
        """What to do; empty when this code is not known here."""
        rows = (row for row in NEXT_STEPS if self.code in row[0] and re.search(row[1], self.message, re.IGNORECASE))
        return next((remedy for _, _, remedy in rows), "")


def cause(payload: Any) -> Cause:
    """The innermost cause in an error body: ARM's {"error": ...}, AKS's flat one, or JSON within a message."""
    found = list(_causes(payload, 0))
    known = [entry for entry in found if entry[1].next_step]
    return max(known or found, key=lambda entry: entry[0], default=(0, Cause("", "")))[1]


@contextmanager
def explained(doing: str) -> Generator[None]:
    """Turns the SDK's errors into a UserError; `doing` completes "Azure refused to ..."."""
    from azure.core.exceptions import AzureError, ClientAuthenticationError, HttpResponseError

    try:
        yield
    except ClientAuthenticationError as error:
        if error.response is None:
            raise UserError(f"Azure login: {_cut(str(error))}", "Log in with `az login`, then try again.") from error
        raise _refused(error, doing) from error
    except HttpResponseError as error:
        raise _refused(error, doing) from error
    except AzureError as error:
        raise UserError(f"No answer from Azure: {_trouble(error)}.", "Check network, proxy and endpoint.") from error


def _trouble(error: "AzureError") -> str:
    """What stood in the way; of a connection that was not made, to where."""
    connection: Any = error.inner_exception
    failed: OSError | None = getattr(connection, "os_error", None)
    if failed is None:
        return _cut(str(error)).rstrip(".")
    number = failed.errno or 0
    reason = os.strerror(number) if number > 0 else failed.strerror or str(failed)
    return f"no connection to {connection.host}:{connection.port}, {reason[0].lower()}{reason[1:]}"


def _refused(error: "HttpResponseError", doing: str) -> ArmError:
    response: Any = error.response
    headers: Mapping[str, str] = response.headers if response is not None else {}
    body = _body(response)
    found = cause(body)
    ended = body.get("status")
    correlation = headers.get("x-ms-correlation-request-id") or headers.get("x-ms-request-id") or ""
    text = _cut(found.message or (f"the operation ended {ended}" if ended else str(error.message)))
    details = ", ".join(filter(None, (found.code, correlation and f"correlation id {correlation}")))
    return ArmError(
        f"Azure refused to {doing}: {text}" + (f" ({details})" if details else ""),
        found.next_step,
        status=error.status_code or 0,
        code=found.code,
        correlation=correlation,
    )


def _body(response: Any) -> dict[str, Any]:
    """The answer's JSON object; empty when there is none, as behind a proxy that answers in HTML."""
    try:
        body: Any = json.loads(response.body()) if response is not None else {}
    except ValueError:
        return {}
    return cast(dict[str, Any], body) if isinstance(body, dict) else {}


def _causes(node: Any, depth: int) -> Iterator[tuple[int, Cause]]:
    """Every error in `node` with how deep it lies."""
    if not isinstance(node, dict):
        return
    body = cast(dict[str, Any], node)
    fields: Any = body.get("error", body)
    if not isinstance(fields, dict):
        return
    fields = cast(dict[str, Any], fields)
    code, message = str(fields.get("code") or ""), str(fields.get("message") or "")
    if code or message:
        yield depth, Cause(code, message)
        # Some wrappers name the true code in their sentence alone: "(QuotaExceeded) ...", Code="SkuNotAvailable".
        yield from ((depth + 1, Cause(named, message)) for named in _codes_in(message) if named != code)
    details = fields.get("details")
    for detail in cast(list[Any], details) if isinstance(details, list) else ():
        yield from _causes(detail, depth + 1)
    yield from _causes(_embedded(message), depth + 1)


def _codes_in(message: str) -> Iterator[str]:
    for word in re.findall(r"""\(([A-Za-z_]+)\)|Code[=:]\s*"?([A-Za-z_]+)""", message):
        yield word[0] or word[1]


def _embedded(message: str) -> Any:
    """The first JSON object within a sentence, or None."""
    for brace in re.finditer(r"\{", message):
        try:
            return json.JSONDecoder().raw_decode(message[brace.start() :])[0]
        except ValueError:
            continue
    return None


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MESSAGE_LIMIT else f"{line[: MESSAGE_LIMIT - 1]}…"
