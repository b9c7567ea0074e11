"""Requests to Azure Resource Manager."""

from collections.abc import Sequence
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

from llmd_tui.errors import UserError
from llmd_tui.plan.actions import Action, Arm
from llmd_tui.run.references import resolve
from llmd_tui.run.world import Report

if TYPE_CHECKING:
    from llmd_tui.azure.client import Arm as Client


class ArmExecutor:
    """Without a client (the target is no Azure cluster) every request fails."""

    def __init__(self, client: "Client | None") -> None:
        self._client = client

    async def look(self, action: Arm, report: Report) -> bool:
        # A provider takes up a new feature only when it is registered once more.
        registers_provider = action.method == "POST" and "/providers/Microsoft.Features/" not in action.path
        if registers_provider and report.begun:
            return False
        return await self._azure().look(self._resolved(action)) == "done"

    async def carry_out(self, action: Arm, report: Report) -> Any:
        """Waits until Azure is done with it; returns its answer."""
        from llmd_tui.azure.alternatives import with_alternatives
        from llmd_tui.azure.errors import ArmError

        wanted = self._resolved(action)
        try:
            return await self._azure().run(
                wanted, on_status=report.waiting, token=report.token(), on_token=report.keep_token
            )
        except ArmError as error:
            if error.status == HTTPStatus.OK:
                # The operation has ended: another attempt is another one.
                report.keep_token("")
            raise await with_alternatives(self._azure(), wanted, error) from error

    async def abort(self, action: Arm) -> str:
        """Asks Azure to give up what `carry_out` waits for; leaving does not do that. Returns of what, else nothing."""
        if what := under_way(action):
            await self._azure().abort(action)
        return what

    def _resolved(self, action: Arm) -> Arm:
        return replace(action, body=resolve(action.body, content)) if action.body else action

    def _azure(self) -> "Client":
        if self._client is None:
            raise UserError("There is no connection to Azure.", "Log in with `az login`, then try again.")
        return self._client


def content(reference: str) -> str:
    """A file as it is, which is how the Azure CLI sends it too; public ones, such as SSH keys. Raises UserError."""
    path = Path(reference.removeprefix("file:")).expanduser()
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise UserError(f"{path} cannot be read: {reason}.", "Name a file that you may read.") from None


def under_way(action: Arm) -> str:
    """What Azure works on for a request after it was sent, as `cluster llmd`; empty where it does not."""
    from llmd_tui.azure.resources import describe
    from llmd_tui.azure.resources import goes_on as of_one

    return describe(action) if of_one(action) else ""


def goes_on(actions: Sequence[Action]) -> str:
    """What Azure does on its own with these, as sentences."""
    from llmd_tui.azure.resources import goes_on as of_one

    return " ".join(filter(None, (of_one(action) for action in actions if isinstance(action, Arm))))
