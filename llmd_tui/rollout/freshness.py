"""How old what is known of a kind is, in words."""

from llmd_tui.kube.store import Freshness
from llmd_tui.rollout.words import age


def trust(fresh: Freshness | None, now: float) -> str:
    """`live`, `◇ stale 41s`, `○ reconnecting 12s`; empty before there is a connection. `now` in epoch seconds."""
    if fresh is None:
        return ""
    old = age(now - fresh.since)
    match fresh.state:
        case "stale":
            return f"◇ stale {old}"
        case "reconnecting":
            return f"○ reconnecting {old}"
        case "loading":
            return "● reading"
        case "absent":
            return "– not there"
        case "live":
            return "live"


def is_old(fresh: Freshness | None) -> bool:
    """Whether what is known may not be so any more."""
    return fresh is not None and fresh.state in ("stale", "reconnecting")
