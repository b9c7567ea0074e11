"""Why a login gives no token: Entra's and the Azure CLI's words, and what to do."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from llmd_tui.errors import UserError

if TYPE_CHECKING:
    from azure.core.exceptions import ClientAuthenticationError

LONGEST = 200
AGAIN = "Log in again: `az login`."


@dataclass(frozen=True)
class Refusal:
    """For errors that match `phrase`; its groups fill the texts. `says` empty: Entra's own first sentence."""

    phrase: str
    says: str
    remedy: str


REFUSALS = (
    Refusal(
        r"claims challenges.*?(?P<command>az login --claims-challenge .+)$",
        "Azure asks for a new login: a rule of the organisation changed.",
        "Run `{command}`.",
    ),
    Refusal("Azure CLI not found", "The Azure CLI is not installed.", "Install it, then `az login`."),
    Refusal("Please run '?az login|az account set", "The Azure CLI is not logged in.", "Run `az login`."),
    Refusal("Interactive authentication is required", "Nobody is logged in any more.", AGAIN),
    Refusal(
        "Subscription '(?P<subscription>[^']+)' not found",
        "The Azure CLI's login does not see the subscription {subscription}.",
        "Log in to its tenant: `az login --tenant TENANT`.",
    ),
    Refusal("Failed to open a browser", "No browser opened here.", "Log in by device code."),
    Refusal(
        r"HTTPS?Connection(Pool)?\(host='(?P<host>[^']+)'",
        "No answer from {host}, where one logs in.",
        "Check network and proxy, then try again.",
    ),
    Refusal("authorization_declined|AADSTS70018", "The login was declined on the page.", "Log in again."),
    Refusal(
        "Timed out|expired_token|AADSTS70020|AADSTS70019|authorization_pending|AADSTS70016",
        "Nobody logged in while the login was open for it.",
        "Log in again: that gives a new code.",
    ),
    Refusal(
        r"(?P<code>AADSTS(53003|530036|53000|53001|50097))",
        "Your organisation does not allow this way to log in from here ({code}).",
        "Take another way: `az login` on a managed machine, or a browser.",
    ),
    Refusal(r"(?P<code>AADSTS90002)", "There is no such tenant ({code}).", "Check --tenant: an id or a domain."),
    Refusal(
        r"(?P<code>AADSTS(50020|90072))",
        "This account is not in the tenant ({code}).",
        "Log in as somebody who is, or ask for an invitation.",
    ),
    Refusal(
        r"(?P<code>AADSTS(7000215|7000222|700016|700027|70021|700213))",
        "",
        "Check AZURE_TENANT_ID, AZURE_CLIENT_ID and the secret or federation they go with.",
    ),
    Refusal(
        r"(?P<code>AADSTS(50173|50076|50078|50079|50132|70043|700082|700084|65001|16000))|interaction_required",
        "The Azure login has ended ({code}).",
        AGAIN,
    ),
)


def why_no_token(error: "ClientAuthenticationError") -> UserError:
    """What to tell."""
    text = " ".join(str(error.message or error).split())
    for row in REFUSALS:
        if found := re.search(row.phrase, text):
            words = {name: word or "" for name, word in found.groupdict().items()}
            says = row.says.format(**words).replace(" ()", "") or f"Azure login: {_first(text)}"
            return UserError(says, row.remedy.format(**words))
    return UserError(f"Azure login: {_first(text)}", f"{AGAIN} Then try again.")


def _first(text: str) -> str:
    """Without what Entra appends for its own support."""
    text = re.split(r" Trace ID:| Interactive authentication is needed| To mitigate this issue", text)[0]
    text = text.removeprefix("Authentication failed: ").removeprefix("ERROR: ").strip()
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
