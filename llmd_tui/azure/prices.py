"""What a VM costs an hour: live from Azure's public price list, else from the list that came with the program."""

import asyncio
import os
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from llmd_tui.azure.price_book import PriceBook, Prices
from llmd_tui.presets.sizes import Price, Size

if TYPE_CHECKING:
    import aiohttp

    from llmd_tui.azure.login import Endpoint

ENDPOINT = "https://prices.azure.com"
ENDPOINT_VARIABLE = "LLMD_TUI_PRICES_ENDPOINT"
API_VERSION = "2023-01-01-preview"
SECONDS = 15.0
CONNECT_SECONDS = 3.0
"""How long a firewall that swallows everything may hold us up, once."""
PARALLEL = 8


def price_endpoint(where: "Endpoint") -> str:
    """Empty where there is no price list: in other clouds than the public one. The simulator has its own."""
    if named := os.environ.get(ENDPOINT_VARIABLE):
        return named.rstrip("/")
    if where.simulated:
        return where.url
    return ENDPOINT if where.url == "https://management.azure.com" else ""


async def live_prices(endpoint: str, sizes: Sequence[Size]) -> Prices:
    """Pay-as-you-go and spot prices of Linux machines in all regions; what cannot be had is left out: no error."""
    if not endpoint:
        return {}
    book = await asyncio.to_thread(PriceBook.of, kept=endpoint == ENDPOINT)
    if asked := [size for size in sizes if not book.fresh(size.name)]:
        await _ask(endpoint, asked, book)
        await asyncio.to_thread(book.save)
    return book.prices(size.name for size in sizes)


async def _ask(endpoint: str, sizes: Sequence[Size], book: PriceBook) -> None:
    """Keeps what comes. After a connection that cannot be made no other one is tried."""
    import aiohttp

    limit, unreachable = asyncio.Semaphore(PARALLEL), asyncio.Event()
    timeout = aiohttp.ClientTimeout(total=SECONDS, sock_connect=CONNECT_SECONDS)
    async with aiohttp.ClientSession(timeout=timeout, trust_env=True) as session:

        async def ask(size: Size) -> None:
            async with limit:
                if unreachable.is_set():
                    return
                with suppress(aiohttp.ClientError, TimeoutError, ValueError, KeyError, TypeError, AttributeError):
                    try:
                        book.keep(size.name, _chosen(await _items(session, endpoint, size.name)))
                    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
                        unreachable.set()

        await asyncio.gather(*(ask(size) for size in sizes))


def price_of(size: Size, region: str, prices: Prices, *, spot: bool = False) -> Price | None:
    """The live one, else the list price of some region, of some day: the price itself tells which. No spot price."""
    return prices.get((size.name, region, spot)) or (None if spot else size.price)


def source(size: Size, price: Price) -> str:
    """Where a price of the size comes from, and of which day: `list, 18 Jun 2026` or `live, 21 Nov 2026`."""
    return f"{'list' if price == size.price else 'live'}, {price.as_of.day} {price.as_of:%b %Y}"


async def _items(session: "aiohttp.ClientSession", endpoint: str, size: str) -> list[dict[str, Any]]:
    # The values are case-sensitive since this version.
    clauses = ("serviceName eq 'Virtual Machines'", "priceType eq 'Consumption'", f"armSkuName eq '{size}'")
    query = {"api-version": API_VERSION, "$filter": " and ".join(clauses), "currencyCode": "'USD'"}
    url, items = f"{endpoint}/api/retail/prices", list[dict[str, Any]]()
    following: str | None = url
    while following:
        async with session.get(following, params=query if following == url else None) as response:
            response.raise_for_status()
            page: dict[str, Any] = await response.json()
        items += page["Items"]
        following = page.get("NextPageLink")
    return items


def _chosen(items: Iterable[Mapping[str, Any]]) -> dict[tuple[str, bool], Price]:
    """Of Linux alone, by the hour; by region and whether it is of spot nodes."""
    today = datetime.fromtimestamp(time.time(), UTC).date()
    found: dict[tuple[str, bool], Price] = {}
    for item in items:
        kind = f"{item['skuName']} {item['meterName']}"
        if item["productName"].endswith("Windows") or "Low Priority" in kind:
            continue
        if item.get("unitOfMeasure", "1 Hour") == "1 Hour":
            region, spot = str(item["armRegionName"]), " Spot" in kind
            found[region, spot] = Price(usd_per_hour=float(item["retailPrice"]), region=region, as_of=today)
    return found
