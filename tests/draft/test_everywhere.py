"""One size in every region: the best first, what is lacking in numbers, what taking one changes."""

from dataclasses import replace
from typing import Any

import pytest

from llmd_tui.azure.book import Known
from llmd_tui.azure.capacity import normal
from llmd_tui.azure.listed import Location
from llmd_tui.azure.quota import Quota
from llmd_tui.draft.describe import place_text
from llmd_tui.draft.draft import Draft
from llmd_tui.draft.everywhere import Order, Place, Wanted, places, progress, ruled_out, take, why_not
from llmd_tui.draft.reading import Reading
from llmd_tui.draft.session import Session
from llmd_tui.errors import UserError
from llmd_tui.presets.sizes import Price, size

H100 = size("Standard_ND96isr_H100_v5")
TWO = Wanted(H100, 2)


def known(left: int | None, *, cores: int = 5000, limit: int = 960, **sku: Any) -> Known:
    offer = {
        "name": H100.name,
        "family": H100.family,
        "locationInfo": [{"zones": ["1", "2"]}],
        "restrictions": [],
        "capabilities": [],
        **sku,
    }
    quotas = {"cores": Quota(cores, 0), "lowprioritycores": Quota(100, 0)}
    if left is not None:
        quotas[normal(H100.family)] = Quota(limit, limit - left)
    return Known({H100.name.lower(): offer}, 0, quotas, 0)


CLOSED = [{"type": "Location", "reasonCode": "NotAvailableForSubscription"}]
NO_SPOT = [{"name": "LowPriorityCapable", "value": "False"}]
WORLD: dict[str, Reading[Known]] = {
    "ample": Reading[Known]().ready(known(960), at=90),
    "enough": Reading[Known]().ready(known(192), at=80),
    "untold": Reading[Known]().ready(known(None), at=90),
    "unread": Reading(),
    "asked": Reading[Known]().loading(95).waiting("throttled, next try in 9 s"),
    "broken": Reading[Known]().failed(UserError("No answer.", "Try again.")),
    "nearly": Reading[Known]().ready(known(96), at=90),
    "narrow": Reading[Known]().ready(known(960, cores=100), at=90),
    "none": Reading[Known]().ready(known(0, limit=0), at=90),
    "closed": Reading[Known]().ready(known(960, restrictions=CLOSED), at=90),
    "elsewhere": Reading[Known]().ready(replace(known(960), skus={}), at=90),
}


def session(preset: str = "h100-pd-disaggregation", world: dict[str, Reading[Known]] | None = None) -> Session:
    found = Session(Draft.begin(preset=preset), lambda: None)
    world = WORLD if world is None else world
    found.azure.locations = found.azure.locations.ready(
        tuple(Location(name, name.title()) for name in sorted(world)), 0
    )
    found.azure.regions = dict(world)
    found.draft.set("target.azure.systemPool.nodes", 1)
    return found


def by_name(found: Session, wanted: Wanted = TWO) -> dict[str, Place]:
    return {place.region: place for place in places(found, wanted)}


def test_the_best_first_and_each_with_its_reason() -> None:
    found = places(session(), TWO)
    assert [(place.region, place.reason) for place in found] == [
        ("ample", ""),
        ("enough", ""),
        ("untold", ""),
        ("asked", ""),
        ("broken", ""),
        ("unread", ""),
        ("nearly", "96 left, needs 192"),
        ("narrow", "region: 100 left"),
        ("none", "quota 0, needs 192"),
        ("closed", "closed to you"),
        ("elsewhere", "not offered"),
    ]


def test_what_is_lacking_is_said_exactly_and_where_more_quota_would_not_help_it_is_not_asked_for() -> None:
    found = by_name(session())
    assert found["nearly"].why == ("Needs 192 vCPU of standardNDSH100v5Family in nearly, 96 free: ask for 96 more.")
    assert found["narrow"].why == "Needs 208 vCPU of cores (all sizes together) in narrow, 100 free: ask for 108 more."
    assert found["closed"].shortage is None
    assert "a support request can change that" in found["closed"].why
    assert found["elsewhere"].why == "ND96isr_H100_v5 is not offered in elsewhere."
    assert found["ample"].why == found["unread"].why == ""


@pytest.mark.parametrize(("order", "first"), [("fit", "dear"), ("price", "cheap"), ("name", "cheap")])
def test_orders(order: Order, first: str) -> None:
    ready = {"dear": WORLD["ample"], "cheap": WORLD["enough"], "away": WORLD["elsewhere"]}
    found = session(world=ready)
    day = H100.price
    assert day
    prices = {
        (H100.name, name, False): Price(usd_per_hour=cost, region=name, as_of=day.as_of)
        for name, cost in (("dear", 99.0), ("cheap", 50.0), ("away", 1.0))
    }
    found.azure.prices = found.azure.prices.ready(prices, 0)
    rows = places(found, TWO, order)
    assert rows[0].region == first
    assert rows[-1].region == "away", "what cannot be had is last in every order"


def test_spot_nodes_have_a_bucket_of_their_own() -> None:
    plain = {"bucket": WORLD["none"], "never": Reading[Known]().ready(known(960, capabilities=NO_SPOT), at=0)}
    found = by_name(session(world=plain), Wanted(H100, 1, spot=True))
    assert found["bucket"].fits
    assert found["bucket"].capacity
    assert found["bucket"].capacity.family == "lowPriorityCores"
    assert found["never"].reason == "not as spot"
    two = by_name(session(world=plain), Wanted(H100, 2, spot=True))
    assert "lowPriorityCores (all spot nodes together) in bucket, 100 free: ask for 92 more" in two["bucket"].why


def test_how_far_reading_is() -> None:
    found = session()
    going = progress(places(found, TWO), now=100)
    assert (going.state, going.words) == ("loading", "10 of 11 read; throttled, next try in 9 s")
    found.azure.regions["asked"] = WORLD["ample"]
    over = progress(places(found, TWO), now=100)
    assert (over.state, over.words) == ("failed", "read 20s ago, 1 failed"), "the age is of the oldest"
    del found.azure.regions["broken"]
    assert progress(places(found, TWO), now=100).state == "ready"
    found.azure.regions = {}
    assert progress(places(found, TWO), now=100).words == "not read yet"


def test_taking_a_region_takes_size_and_number_too_and_keeps_what_still_fits() -> None:
    found = session()
    draft = found.draft
    draft.set("pool.zone", "1")
    place = by_name(found, Wanted(H100, 3))["ample"]
    assert ruled_out(found, place) == ()
    assert take(found, place) == ""
    assert (found.region, draft.answers.get("pool.size"), draft.answers.get("pool.nodes")) == ("ample", H100.name, 3)
    assert draft.answers.get("pool.zone") == "1"
    assert draft.answers.get("path.name") == "pd-disaggregation"
    assert draft.answers.get("pool.spot") is None, "nobody said so"


def test_what_does_not_fit_there_is_said_before() -> None:
    found = session()
    found.draft.set("pool.zone", "3")
    zone, path = ruled_out(found, by_name(found, Wanted(H100, 1))["ample"])[::-1]
    assert (path.step, zone.step) == ("path", "options")
    assert zone.reason == "zone 3 is not there: zones 1 2"
    assert take(found, by_name(found)["ample"]) == ""
    assert found.draft.answers.get("pool.zone") is None


def test_spot_is_taken_with_the_region() -> None:
    found = session()
    assert take(found, by_name(found, Wanted(H100, 1, spot=True))["ample"]) == ""
    assert found.draft.answers.get("pool.spot") is True


def test_what_cannot_be_taken_changes_nothing() -> None:
    found = session()
    before = found.draft.answers.text
    assert take(found, by_name(found)["nearly"]).startswith("Needs 192 vCPU")
    amd = Wanted(size("Standard_ND96isr_MI300X_v5"), 1)
    assert "has no path yet" in why_not(found, by_name(found, amd)["ample"])
    assert found.draft.answers.text == before


def test_the_pool_of_a_cluster_that_is_there_stays_in_its_region() -> None:
    found = session()
    found.draft.aim("existing")
    found.draft.say("target.azure.cluster", "mine")
    found.draft.say("target.azure.region", "enough")
    assert why_not(found, by_name(found)["ample"]) == "mine is in enough: its GPU pool cannot be elsewhere."
    assert why_not(found, by_name(found)["enough"]) == ""


def test_all_about_a_region_to_copy() -> None:
    found = session()
    text = place_text(found, by_name(found)["nearly"])
    assert "ask for 96 more" in text
    assert "https://portal.azure.com/" in text
    assert "az quota update --resource-name standardNDSH100v5Family" in text
    assert "No answer. Try again." in place_text(found, by_name(found)["broken"])
