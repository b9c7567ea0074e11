"""Requests, answers and errors of ARM, apart from the HTTP server that carries them."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from llmd_tui.simulator.arm.cloud import Cloud


@dataclass(frozen=True)
class Call:
    """A request. `parts` are the path's variables, `base` the server's own URL, `tenant` that of the token."""

    cloud: "Cloud"
    base: str
    method: str
    path: str
    parts: Mapping[str, str]
    query: Mapping[str, str]
    body: dict[str, Any]
    tenant: str = ""


@dataclass(frozen=True)
class Answer:
    """`broken_off`: the connection is lost in the middle of it."""

    body: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    broken_off: bool = False


class Fault(Exception):
    """An error answer. `flat` is how the AKS provider writes its own: without ARM's `error` around it.

    `info` is ARM's additionalInfo.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        flat: bool = False,
        headers: Mapping[str, str] | None = None,
        details: tuple[Mapping[str, Any], ...] = (),
        info: tuple[Mapping[str, Any], ...] = (),
    ) -> None:
        super().__init__(message)
        self.status = status
        self.error: dict[str, Any] = {"code": code, "message": message}
        if details:
            self.error["details"] = list(details)
        if info:
            self.error["additionalInfo"] = list(info)
        self.body = {**self.error, "details": details or None, "subcode": ""} if flat else {"error": self.error}
        self.headers = headers or {}


Handler = Callable[[Call], Awaitable[Answer]]
Routes = list[tuple[str, re.Pattern[str], Handler]]


def route(routes: Routes, method: str, template: str) -> Callable[[Handler], Handler]:
    """Registers a handler for paths such as /subscriptions/{subscription}; ARM's paths know no case."""
    pattern = re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(template)), re.IGNORECASE)

    def register(handler: Handler) -> Handler:
        routes.append((method, pattern, handler))
        return handler

    return register


def not_found(kind: str, name: str, group: str) -> Fault:
    return Fault(
        404,
        "ResourceNotFound",
        f"The Resource '{kind}/{name}' under resource group '{group}' was not found. "
        "For more details please go to https://aka.ms/ARMResourceNotFoundFix",
    )
