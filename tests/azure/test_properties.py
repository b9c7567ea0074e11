"""What is read out of Azure's answers, whatever stands in them."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from llmd_tui.azure.capacity import normal, offer
from llmd_tui.azure.errors import MESSAGE_LIMIT, Cause, cause, refusal
from llmd_tui.azure.pipeline import seconds_of
from llmd_tui.azure.quota import Shortage, shortage
from llmd_tui.azure.remedies import remedy
from llmd_tui.presets.remedies import remedies
from llmd_tui.simulator.arm.faults import exceeded_quota, insufficient_quota

VCPUS = st.integers(0, 100_000)
REGIONS = st.from_regex(r"[a-z]{4,16}[0-9]?", fullmatch=True)
FAMILIES = st.sampled_from(
    ["standardNDSH100v5Family", "Standard NCASv3_T4 Family", "StandardNCADSA100v4Family", "cores", "lowPriorityCores"]
)


@given(st.text())
def test_any_retry_after_is_seconds_or_nothing(text: str) -> None:
    seconds = seconds_of(text)
    assert seconds is None or seconds >= 0


@given(st.integers(0, 100_000))
def test_a_number_of_seconds(seconds: int) -> None:
    assert seconds_of(str(seconds)) == seconds
    assert seconds_of(f" {seconds}.25 ") == seconds + 1


@given(st.integers(-100_000, 100_000))
def test_a_date(seconds: int) -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)
    found = seconds_of(date)
    assert found is not None
    assert max(0, seconds - 2) <= found <= max(0, seconds) + 1


@given(FAMILIES, REGIONS, VCPUS, VCPUS)
def test_the_numbers_of_aks(family: str, region: str, needed: int, left: int) -> None:
    found = shortage(insufficient_quota(family, region, needed, left).error["message"])
    assert found is not None
    assert (normal(found.name), found.region, found.needed, found.left) == (normal(family), region, needed, left)
    assert found.limit is None
    assert found.command("s") == "", "without the limit there is no number to ask for"


@given(FAMILIES, REGIONS, VCPUS, VCPUS, VCPUS)
def test_the_numbers_of_compute(family: str, region: str, limit: int, used: int, needed: int) -> None:
    found = shortage(exceeded_quota(family.removesuffix("Cores"), region, limit, used, needed))
    assert found is not None
    assert (found.region, found.needed, found.limit) == (region, needed, limit)
    if needed + used > limit:
        assert f"value={used + needed} " in found.command("s"), "Azure's New Limit Required, also where more is used"
        assert str(found).endswith(f"{max(0, limit - used)} free: ask for {used + needed - limit} more")


@given(st.text())
def test_no_sentence_breaks_the_reading_of_a_quota(text: str) -> None:
    assert shortage(text) is None or isinstance(shortage(text), Shortage)


ZONES = st.lists(st.sampled_from(["1", "2", "3"]), unique=True)
RESTRICTION = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["Location", "Zone", "Other"]),
        "reasonCode": st.sampled_from(["NotAvailableForSubscription", "QuotaId", "New", ""]),
        "values": st.none() | st.lists(st.text(max_size=4)),
        "restrictionInfo": st.none() | st.fixed_dictionaries({}, optional={"zones": st.none() | ZONES}),
    },
)
SKU = st.fixed_dictionaries(
    {"name": st.just("Standard_X")},
    optional={
        "locationInfo": st.none() | st.lists(st.fixed_dictionaries({}, optional={"zones": st.none() | ZONES})),
        "restrictions": st.none() | st.lists(RESTRICTION, max_size=3),
        "capabilities": st.none()
        | st.lists(
            st.fixed_dictionaries(
                {"name": st.just("LowPriorityCapable"), "value": st.sampled_from(["True", "False", ""])}
            ),
            max_size=1,
        ),
    },
)


@given(SKU, st.booleans())
def test_zones_that_are_offered_are_not_restricted(sku: dict[str, Any], spot: bool) -> None:
    zones, reason = offer(sku, spot)
    restrictions: list[dict[str, Any]] = sku.get("restrictions") or []
    if any(each.get("type") != "Zone" for each in restrictions):
        assert reason
        assert zones == ()
        return
    has = {zone for place in sku.get("locationInfo") or [] for zone in place.get("zones") or []}
    out = {zone for each in restrictions for zone in (each.get("restrictionInfo") or {}).get("zones") or []}
    assert set(zones) == has - out
    unfit = {"name": "LowPriorityCapable", "value": "False"} in (sku.get("capabilities") or [])
    assert bool(reason) == (spot and unfit), "a zone that is out is no reason: the others are there"


CODES = st.sampled_from([code for row in remedies() for code in row.codes])


@given(CODES, st.text())
def test_a_known_code_never_breaks_the_words(code: str, message: str) -> None:
    kind, todo = remedy(code, message)
    error = refusal("create it", Cause(code, message), status=400, correlation="c", url="/subscriptions/s/x")
    assert "correlation id c" in error.message
    assert len(error.message) < MESSAGE_LIMIT + 200
    assert error.remedy, "there is always a next step"
    assert kind or todo or not remedy(code, message)[0]


SENTENCE = "the cause: it results in exceeding approved X quota. an operation is in progress, stopped, immutable"


@given(CODES, st.lists(st.booleans(), max_size=4))
def test_the_cause_is_found_however_deep(code: str, wrappers: list[bool]) -> None:
    error: dict[str, Any] = {"code": code, "message": SENTENCE}
    for number, as_text in enumerate(wrappers):
        if as_text:
            error = {"code": f"Outer{number}", "message": f"it failed: {json.dumps({'error': error})} sorry"}
        else:
            error = {"code": f"Outer{number}", "message": "it failed", "details": [{"code": "Aside"}, error]}
    for payload in (error, {"error": error}, {"name": "1", "status": "Failed", "error": error}):
        found = cause(payload)
        assert found.code == code or not found.next_step
        assert found.code == code or not Cause(code, SENTENCE).next_step
