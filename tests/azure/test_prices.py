"""Live prices, and the list where there are none."""

import asyncio
from datetime import UTC, date, datetime

import pytest

from llmd_tui.azure.login import Endpoint
from llmd_tui.azure.prices import live_prices, price_endpoint, price_of
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


async def test_an_answer_that_is_no_price_list_is_no_error() -> None:
    async def page(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        body = b"<html>proxy</html>"
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
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
