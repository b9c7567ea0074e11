"""The innermost cause of Azure's errors, with a next step."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmd_tui.azure.errors import Cause, cause, refusal

QUOTA_SENTENCE = (
    "Operation could not be completed as it results in exceeding approved Standard NCASv3_T4 Family Cores quota. "
    "Additional details - Deployment Model: Resource Manager, Location: eastus, Current Limit: 0, Current Usage: 0, "
    "Additional Required: 4, (Minimum) New Limit Required: 4."
)


def nested(code: str, message: str, *details: dict[str, Any]) -> dict[str, Any]:
    return {"code": code, "message": message, "details": list(details)}


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({"error": nested("AuthorizationFailed", "no")}, "AuthorizationFailed"),
        (
            {"code": "ErrCode_InsufficientVCPUQuota", "details": None, "message": "m", "subcode": ""},
            "ErrCode_InsufficientVCPUQuota",
        ),
        (
            {"error": nested("InvalidTemplateDeployment", "see details", nested("QuotaExceeded", QUOTA_SENTENCE))},
            "QuotaExceeded",
        ),
        (
            {
                "name": "1",
                "status": "Failed",
                "error": nested("CreateVMSSAgentPoolFailed", json.dumps({"error": nested("SkuNotAvailable", "m")})),
            },
            "SkuNotAvailable",
        ),
        (
            nested(
                "ReconcileVMSSAgentPoolFailed",
                'We are unable: {"error": ' + json.dumps(nested("AllocationFailed", "m")) + "} sorry",
            ),
            "AllocationFailed",
        ),
        (nested("InvalidTemplateDeployment", f"(QuotaExceeded) {QUOTA_SENTENCE}"), "QuotaExceeded"),
        (nested("Wrapped", 'Code="ZonalAllocationFailed" Message="full"'), "ZonalAllocationFailed"),
        (nested("AuthorizationFailed", "no", nested("Unheard", "of")), "AuthorizationFailed"),
        (nested("Unheard", "of", nested("Deeper", "too")), "Deeper"),
        ("nonsense", ""),
        ({}, ""),
        ({"error": None}, ""),
    ],
)
def test_the_innermost_known_cause_counts(payload: Any, code: str) -> None:
    assert cause(payload).code == code


def test_operation_not_allowed_is_quota_only_with_the_phrase() -> None:
    quota = Cause("OperationNotAllowed", QUOTA_SENTENCE).next_step
    running = Cause("OperationNotAllowed", "there's an in progress operation on the cluster").next_step
    assert "more quota" in quota
    assert "wait for it" in running
    assert "fixed when a node pool is made" in Cause("OperationNotAllowed", "the field is immutable").next_step
    assert Cause("OperationNotAllowed", "something else").next_step == ""


TENANT = "11111111-2222-4333-8444-555555555555"
OTHER = "22222222-2222-4333-8444-555555555555"


@pytest.mark.parametrize(
    ("message", "challenge"),
    [
        (f"wrong issuer 'x'. It must match the tenant 'https://sts.windows.net/{TENANT}/' associated", ""),
        (
            f"must match one of the tenants 'https://sts.windows.net/{TENANT}/,https://sts.windows.net/{OTHER}/' of it",
            "",
        ),
        ("no words", f'Bearer authorization_uri="https://login.windows.net/{TENANT}", error="invalid_token"'),
    ],
)
def test_the_tenant_to_log_in_to(message: str, challenge: str) -> None:
    why = Cause("InvalidAuthenticationTokenTenant", message)
    error = refusal("look", why, status=401, url="https://x/subscriptions/s/resourceGroups", challenge=challenge)
    assert f"`az login --tenant {TENANT}`" in error.remedy


def test_the_tenant_that_the_cli_knows_of_a_subscription(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AZURE_CONFIG_DIR", str(tmp_path))
    why = Cause("SubscriptionNotFound", "The subscription 's' could not be found.")
    assert "`az login --tenant TENANT`" in refusal("look", why, status=404, url="/subscriptions/s/x").remedy
    entry = {"id": "s", "name": "ml", "tenantId": TENANT}
    (tmp_path / "azureProfile.json").write_text(json.dumps({"subscriptions": [entry]}), encoding="utf-8-sig")
    assert f"`az login --tenant {TENANT}`" in refusal("look", why, status=404, url="/subscriptions/s/x").remedy


@given(
    st.recursive(
        st.none() | st.text() | st.integers(),
        lambda inner: (
            st.lists(inner) | st.dictionaries(st.sampled_from(["error", "code", "message", "details"]), inner)
        ),
        max_leaves=12,
    )
)
def test_no_payload_breaks_it(payload: Any) -> None:
    assert isinstance(cause(payload), Cause)
