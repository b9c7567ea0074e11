"""Live prices, and the list where there are none."""

import asyncio
from datetime import UTC, date, datetime
from typing import Any

import pytest

from llmd_tui.azure import prices
from llmd_tui.azure.login import Endpoint
from llmd_tui.azure.prices import live_prices, price_endpoint, price_of
from llmd_tui.files import cache_home
from llmd_tui.presets.sizes import size
from tests.azure.cloud import simulated

H100 = size("Standard_ND96isr_H100_v5")


@pytest.mark.parametrize(("spot", "amount"), [(False, 98.32), (True, 19.664)])
async def test_of_every_region_linux_alone(monkeypatch: pytest.MonkeyPatch, spot: bool, amount: float) -> None:
    async with simulated(monkeypatch) as (arm, cloud):
        cloud.azure.regions.update({f"r{n}": cloud.azure.regions["westeurope"] for n in range(60)})
        found = await live_prices(price_endpoint(arm.endpoint), [H100])
    assert len(found) == 2 * 62, "over several pages, each with its spot price"
    price = price_of(H100, "r33", found, spot=spot)
    assert price is not None
    assert (price.usd_per_hour, price.region, price.as_of) == (amount, "r33", datetime.now(UTC).date())


async def test_offline_is_no_error() -> None:
    assert await live_prices("http://127.0.0.1:1", [H100]) == {}
    price = price_of(H100, "westeurope", {})
    assert price is not None
    assert (price.usd_per_hour, price.region, price.as_of) == (98.32, "eastus", date(2026, 6, 18))
    assert price_of(H100, "westeurope", {}, spot=True) is None


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (b"text/html", b"<html>proxy</html>"),
        (b"application/json", b"null"),
        (b"application/json", b'{"Items": [null]}'),
        (b"application/json", b'{"Items": [{"skuName": "x", "meterName": "y", "productName": null}]}'),
    ],
)
async def test_an_answer_that_is_no_price_list_is_no_error(kind: bytes, body: bytes) -> None:
    async def page(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = b"HTTP/1.1 200 OK\r\nContent-Type: %b\r\nContent-Length: %d\r\n\r\n" % (kind, len(body))
        writer.write(head + body)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(page, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        assert await live_prices(f"http://127.0.0.1:{port}", [H100]) == {}


def test_where_the_list_is(monkeypatch: pytest.MonkeyPatch) -> None:
    assert price_endpoint(Endpoint("https://management.azure.com", simulated=False)) == "https://prices.azure.com"
    assert price_endpoint(Endpoint("https://management.usgovcloudapi.net", simulated=False)) == ""
    assert price_endpoint(Endpoint("http://127.0.0.1:9", simulated=True)) == "http://127.0.0.1:9"
    monkeypatch.setenv("LLMD_TUI_PRICES_ENDPOINT", "http://127.0.0.1:8/")
    assert price_endpoint(Endpoint("http://127.0.0.1:9", simulated=True)) == "http://127.0.0.1:8"


async def test_prices_are_kept_for_the_day_and_older_ones_are_better_than_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[dict[str, Any]] = []
    async with simulated(monkeypatch) as (arm, _):
        monkeypatch.setattr("llmd_tui.azure.prices.ENDPOINT", arm.endpoint.url)
        asked = "llmd_tui.azure.prices._items"
        items = prices._items

        async def count(*arguments: Any) -> Any:
            seen.append({})
            return await items(*arguments)

        monkeypatch.setattr(asked, count)
        first = await live_prices(arm.endpoint.url, [H100])
        assert await live_prices(arm.endpoint.url, [H100]) == first
        assert len(seen) == 1
    monkeypatch.setattr("llmd_tui.azure.price_book.SECONDS", 0)
    offline = await live_prices(arm.endpoint.url, [H100])
    assert len(seen) == 2
    assert offline == first, "nobody answers any more"
    assert oct((cache_home() / "prices.json").stat().st_mode & 0o777) == "0o600"


@pytest.mark.parametrize("text", ["", "nonsense", "[]", '{"a": 1}', '{"a": {"at": 1, "prices": [["x"]]}}'])
async def test_what_was_kept_and_cannot_be_read_is_asked_again(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    cache_home().mkdir(parents=True)
    (cache_home() / "prices.json").write_text(text)
    async with simulated(monkeypatch) as (arm, _):
        monkeypatch.setattr("llmd_tui.azure.prices.ENDPOINT", arm.endpoint.url)
        assert await live_prices(arm.endpoint.url, [H100])
