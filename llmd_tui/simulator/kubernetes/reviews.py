"""Kinds that are asked and never stored: access and identity. Here everybody may do everything."""

from datetime import datetime, timedelta
from typing import Any

from llmd_tui.objects import Object
from llmd_tui.simulator.kubernetes.editing import at
from llmd_tui.simulator.kubernetes.kinds import Kind
from llmd_tui.simulator.kubernetes.times import stamp

USER = {"username": "simulator", "groups": ["system:masters", "system:authenticated"]}


def reviewed(obj: Object, kind: Kind) -> Object:
    """The object with the status that answers it."""
    return {**obj, "kind": kind.kind, "apiVersion": kind.api_version, "status": _status(obj, kind)}


def _status(obj: Object, kind: Kind) -> dict[str, Any]:
    if kind.kind == "SelfSubjectReview":
        return {"userInfo": USER}
    if kind.kind == "TokenReview":
        return {"authenticated": bool(at(obj, "spec", "token")), "user": USER}
    if kind.kind == "SelfSubjectRulesReview":
        return {
            "resourceRules": [{"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}],
            "nonResourceRules": [{"verbs": ["*"], "nonResourceURLs": ["*"]}],
            "incomplete": False,
        }
    return {"allowed": True, "reason": "the simulator allows everything"}


def issued_token(account: str, now: datetime) -> Object:
    """A TokenRequest with a token that means nothing."""
    status = {"token": f"simulator-{account}", "expirationTimestamp": stamp(now + timedelta(hours=1))}
    return {"kind": "TokenRequest", "apiVersion": "authentication.k8s.io/v1", "metadata": {}, "status": status}
