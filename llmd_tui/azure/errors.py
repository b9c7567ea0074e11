"""Azure's errors, unwrapped to their cause and given a next step."""

import json
import math
import os
import re
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

from llmd_tui.azure.profile import tenant_of
from llmd_tui.azure.quota import Shortage, shortage
from llmd_tui.azure.refusals import why_no_token
from llmd_tui.azure.remedies import remedy
from llmd_tui.errors import UserError
from llmd_tui.presets.remedies import Kind

if TYPE_CHECKING:
    from azure.core.exceptions import AzureError, HttpResponseError

MESSAGE_LIMIT = 400
"""Characters shown; VMSizeNotSupported lists every size there is."""


@dataclass(frozen=True)
class Cause:
    code: str
    message: str

    @property
    def kind(self) -> Kind:
        return remedy(self.code, self.message)[0]

    @property
    def next_step(self) -> str:
        """What to do; empty when this code is not known here."""
        return self.todo()

    def todo(self, **known: str) -> str:
        """The same, with the subscription and its tenant in the commands, where they are known."""
        return remedy(self.code, self.message, **known)[1]

    @property
    def shortage(self) -> Shortage | None:
        """The numbers of a refusal for want of quota."""
        return shortage(self.message) if self.kind == "quota" else None


class ArmError(UserError):
    """Azure refused, or an operation ended badly. `status` is the HTTP status (200 when an operation failed later)."""

    def __init__(self, message: str, remedy: str, *, status: int, why: Cause, correlation: str) -> None:
        super().__init__(message, remedy)
        self.status = status
        self.why = why
        self.correlation = correlation

    @property
    def code(self) -> str:
        return self.why.code

    @property
    def kind(self) -> Kind:
        return self.why.kind

    @property
    def shortage(self) -> Shortage | None:
        return self.why.shortage


def cause(payload: Any) -> Cause:
    """The innermost cause in an error body: ARM's {"error": ...}, AKS's flat one, or JSON within a message."""
    found = list(_causes(payload, 0))
    known = [entry for entry in found if entry[1].next_step]
    return max(known or found, key=lambda entry: entry[0], default=(0, Cause("", "")))[1]


@contextmanager
def explained(doing: str) -> Generator[None]:
    """Turns the SDK's errors into a UserError; `doing` completes "Azure refused to ..."."""
    from azure.core.exceptions import AzureError, ClientAuthenticationError, HttpResponseError, IncompleteReadError

    try:
        yield
    except ClientAuthenticationError as error:
        if error.response is None or isinstance(_body(error.response).get("error"), str):
            raise why_no_token(error) from error
        raise _refused(error, doing) from error
    except IncompleteReadError as error:
        reason = "its answers break off"
        raise UserError(f"No answer from Azure: {reason}.", "Check network, proxy and endpoint.") from error
    except HttpResponseError as error:
        raise _refused(error, doing) from error
    except AzureError as error:
        raise UserError(f"No answer from Azure: {_trouble(error)}.", "Check network, proxy and endpoint.") from error
    except (ValueError, RuntimeError) as error:
        # So azure-core, or aiohttp under it, says that a connection was closed under a request.
        if not any(words in str(error) for words in ("already been closed", "Session is closed")):
            raise
        raise UserError("The connection to Azure was closed meanwhile.", "Read again.") from error


def check_json(response: Any) -> None:
    """Raises UserError for a page that somebody on the way sent in Azure's place: a proxy, a hotel's network."""
    kind = str(response.headers.get("Content-Type") or "")
    if "json" not in kind:
        what = kind.partition(";")[0] or "of no kind"
        raise UserError(
            f"The answer to a request to Azure is no JSON but {what}: somebody else answered.",
            "Check proxy and network: does this machine have to log in to it first?",
        )


async def login_ended(response: Any) -> bool:
    """Whether a pipeline's response says that Azure takes the token no more; one of another tenant never was taken."""
    http = response.http_response
    if http.status_code != HTTPStatus.UNAUTHORIZED:
        return False
    if response.context.options.get("stream"):
        await http.read()
    found = cause(_body(http))
    return found.kind == "login" and found.code not in ("InvalidAuthenticationTokenTenant", "SubscriptionNotFound")


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
    text = found.message or (f"the operation ended {ended}" if ended else str(error.message))
    return refusal(
        doing,
        Cause(found.code or (ended or ""), text),
        status=error.status_code or 0,
        correlation=headers.get("x-ms-correlation-request-id") or headers.get("x-ms-request-id") or "",
        url=str(response.request.url) if response is not None else "",
        challenge=headers.get("WWW-Authenticate") or "",
        wait=headers.get("Retry-After") or "",
    )


def refusal(
    doing: str, why: Cause, *, status: int, correlation: str = "", url: str = "", challenge: str = "", wait: str = ""
) -> ArmError:
    """The error to show. `doing` completes "Azure refused to ..."; `url` tells the subscription for a command.

    `challenge` is how the answer says where to log in, `wait` for how many seconds nothing is to be asked.
    """
    lacks = why.shortage
    found = re.search(r"/subscriptions/([^/?]+)", url)
    of = found[1] if found else "SUBSCRIPTION"
    where = re.search(r'authorization_uri="https://[^/"]+/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})', challenge)
    tenant = where[1] if where else (found and tenant_of(of)) or "TENANT"
    remedy = lacks.remedy(of) if lacks else why.todo(subscription=of, tenant=tenant, **_pause(wait))
    remedy = remedy or _unknown(status, of, correlation)
    details = ", ".join(filter(None, (why.code, correlation and f"correlation id {correlation}")))
    said = f"Azure {'could not' if status == HTTPStatus.OK else 'refused to'} {doing}: {lacks or _cut(why.message)}"
    return ArmError(
        said + (f" ({details})" if details else ""), remedy, status=status, why=why, correlation=correlation
    )


def _pause(wait: str) -> dict[str, str]:
    return {"wait": f"{math.ceil(int(wait) / 60)} minutes"} if wait.isdecimal() and int(wait) > 60 else {}


def _unknown(status: int, subscription: str, correlation: str) -> str:
    """What to do about an error that is not known here."""
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return "Azure has trouble of its own: try again in some minutes (status.azure.com)."
    if not correlation:
        return "The activity log in the portal tells more."
    listed = f"az monitor activity-log list --correlation-id {correlation} --subscription {subscription}"
    return f"`{listed}` tells more; Azure's support finds it by that id."


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
    if code == "RequestDisallowedByPolicy":
        message = _with_assignment(message, fields)
    if code or message:
        yield depth, Cause(code, message)
        # Some wrappers name the true code in their sentence alone: "(QuotaExceeded) ...", Code="SkuNotAvailable".
        yield from ((depth + 1, Cause(named, message)) for named in _codes_in(message) if named != code)
    details = fields.get("details")
    for detail in cast(list[Any], details) if isinstance(details, list) else ():
        yield from _causes(detail, depth + 1)
    yield from _causes(_embedded(message), depth + 1)


def _with_assignment(message: str, fields: Mapping[str, Any]) -> str:
    """A policy's refusal with the name of the assignment, which stands in its additions or as JSON in its message."""
    additions = fields.get("additionalInfo")
    entries = cast(list[Any], additions) if isinstance(additions, list) else []
    infos = [cast(dict[str, Any], entry).get("info") for entry in entries if isinstance(entry, dict)]
    known = [cast(dict[str, Any], info) for info in infos if isinstance(info, dict)]
    named = [info.get("policyAssignmentDisplayName") or info.get("policyAssignmentName") for info in known]
    embedded = re.search(r'"policyAssignment": *\{"name": *"([^"]+)"', message)
    name = next((str(name) for name in named if name), embedded[1] if embedded else "")
    plain = re.sub(r"\s*Policy identifiers:.*", "", message, flags=re.DOTALL)
    return f"{plain} (policy assignment: {name})" if name else plain


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
