"""What an API server refuses, and what happens on the way to it."""

import json
import os
import ssl
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any, cast

import aiohttp

from llmd_tui.errors import UserError
from llmd_tui.objects import Object


def _remedy(status: int, message: str) -> str:
    if status == 401:
        return "Log in again, or fetch fresh credentials with `az aks get-credentials`."
    # Admission says Forbidden too (quota, Pod Security), which no role helps.
    if status == 403 and " cannot " in message:
        return "Ask for a role that may (`Azure Kubernetes Service RBAC Cluster Admin` may), or use another context."
    return ""


class KubeError(UserError):
    """The API server's own answer, a `Status`: `status` is the HTTP code (404, 409, 410, 422 ...), `reason` the
    word for it ("NotFound"), `details` what the Status says beside. `retry_after` is in seconds, when the server
    asked for patience."""

    def __init__(
        self,
        status: int,
        reason: str,
        message: str,
        details: Mapping[str, Any] | None = None,
        *,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, _remedy(status, message))
        self.status = status
        self.reason = reason
        self.details = dict(details or {})
        self.retry_after = retry_after

    @classmethod
    def from_status(cls, status: Mapping[str, Any], *, retry_after: float | None = None) -> "KubeError":
        """From a Status object, as bodies of failed requests and ERROR events of watches carry it."""
        code = int(status.get("code") or 500)
        reason = str(status.get("reason") or "Unknown")
        return cls(code, reason, str(status.get("message") or reason), status.get("details"), retry_after=retry_after)

    @classmethod
    def from_response(
        cls, code: int, phrase: str, body: bytes, where: str, *, retry_after: float | None = None
    ) -> "KubeError":
        """From a request to `where` that failed. Proxies on the way answer with pages of their own, as do servers
        that are no API server: their first words are kept."""
        try:
            status: Any = json.loads(body)
        except ValueError:
            status = None
        if isinstance(status, dict) and "status" in status:
            return cls.from_status({"code": code, "reason": phrase} | cast(Object, status), retry_after=retry_after)
        words = " ".join(body.decode(errors="replace").split())[:200]
        said = f"{where} answers HTTP {code} {phrase}" + (f": {words}" if words else "")
        error = cls(code, phrase, said, retry_after=retry_after)
        error.remedy = error.remedy or "Check `server` in the kubeconfig, and proxies on the way."
        return error


class Unreachable(UserError):
    """No usable answer: refused, unknown name, certificate, time-out, broken connection."""


@contextmanager
def talking_to(server: str, context: str) -> Generator[None]:
    """Turns what aiohttp and the system raise on the way to the server into `Unreachable`."""
    try:
        yield
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise _unreachable(server, context, error) from error


def _unreachable(server: str, context: str, error: Exception) -> Unreachable:
    where = f"{server} (context {context})"
    if isinstance(error, aiohttp.InvalidURL):
        return Unreachable(f"{where} is not the address of an API server.", "Correct `server` in the kubeconfig.")
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return Unreachable(
            f"The name of {where} cannot be resolved.",
            "Connect to the network of a private cluster; if the cluster is gone, choose another context.",
        )
    if isinstance(error, (aiohttp.ClientSSLError, ssl.SSLError)):
        return Unreachable(
            f"No trusted TLS connection to {where}: {_certificate_trouble(error)}.",
            "Fetch fresh credentials with `az aks get-credentials`; a proxy on the way may show its own certificate.",
        )
    if isinstance(error, TimeoutError):
        return Unreachable(
            f"{where} does not answer in time.", "Check that the cluster runs and the network lets you through."
        )
    if isinstance(error, aiohttp.ClientConnectorError):
        number = error.os_error.errno
        return Unreachable(
            f"No connection to {where}: {os.strerror(number) if number else error.os_error}.",
            "Check that the cluster runs (`az aks show`, `az aks start`) and that the kubeconfig is current.",
        )
    if isinstance(error, aiohttp.ClientPayloadError):
        trouble = "it ended within an answer"
    else:
        trouble = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return Unreachable(f"The connection to {where} broke: {trouble}.", "Try again.")


def _certificate_trouble(error: Exception) -> str:
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        error = error.certificate_error
    return getattr(error, "verify_message", "") or getattr(error, "reason", "") or str(error)
