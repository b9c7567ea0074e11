"""Which refusals pass by themselves, and asking again until they do."""

import re
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from llmd_tui.clock import Clock
from llmd_tui.errors import UserError
from llmd_tui.helm import HelmError
from llmd_tui.kube.errors import KubeError, Unreachable
from llmd_tui.run.world import Report

T = TypeVar("T")

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 15.0
"""Seconds by the run's clock."""

_PASSING_HELM = re.compile(
    r"failed calling webhook|connection refused|connection reset|i/o timeout|TLS handshake timeout|unexpected EOF"
    r"|server is currently unable|no such host|Too Many Requests|etcdserver|service unavailable|bad gateway"
    r"|no matches for kind",
    re.IGNORECASE,
)


class Going(UserError):
    """What is there under that name is being deleted: what is asked for can be made when it is gone."""


def patience(error: UserError) -> float:
    """How many seconds, from the first attempt on, it is worth to try again; 0 for what no waiting cures."""
    if isinstance(error, Unreachable | Going):
        return 600
    if isinstance(error, HelmError):
        return 300 if _PASSING_HELM.search(error.stderr) else 0
    if not isinstance(error, KubeError) or refuses_fields(error):
        return 0
    listed: list[dict[str, Any]] = error.details.get("causes") or []
    causes = {cause.get("reason") for cause in listed}
    # A webhook whose pod does not answer yet is a 500; an object that somebody else changed meanwhile a 409.
    passing = error.status in (408, 429) or error.status >= 500
    passing = passing or (error.status == 409 and "FieldManagerConflict" not in causes)
    if passing or "NamespaceTerminating" in causes:
        return 600
    # A kind or namespace that was made a moment ago; an admission plugin that has not heard of it yet.
    return 60 if error.status == 404 else 0


def refuses_fields(error: KubeError) -> bool:
    """Server-side apply answers with a 500 to a field that the kind does not have."""
    return error.status == 500 and "failed to create typed patch object" in error.message


async def insist(what: str, attempt: Callable[[], Awaitable[T]], clock: Clock, report: Report) -> T:
    """The result of `attempt`, repeated while its failures can pass. `what` completes "waits for ..."."""
    begun = clock.time()
    pause = FIRST_PAUSE
    while True:
        try:
            return await attempt()
        except UserError as error:
            if clock.time() - begun >= patience(error):
                raise
            report.waiting(what, error.message)
            await report.rest(max(pause, getattr(error, "retry_after", None) or 0.0))
            pause = min(pause * 2, LONGEST_PAUSE)
