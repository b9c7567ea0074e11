"""What a VM costs an hour: live from Azure's public price list, else from the list that came with the program."""

import asyncio
import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from llmd_tui.presets.sizes import Price, Size

if TYPE_CHECKING:
    import aiohttp

    from llmd_tui.azure.login import Endpoint

ENDPOINT = "https://prices.azure.com"
ENDPOINT_VARIABLE = "LLMD_TUI_PRICES_ENDPOINT"
API_VERSION = "2023-01-01-preview"
SECONDS = 15.0
PARALLEL = 8

Prices = Mapping[tuple[str, str], Price]
"""By size and region."""


def price_endpoint(where: "Endpoint") -> str:
    """Empty where there is no price list: in other clouds than the public one. The simulator has its own."""
    if named := os.environ.get(ENDPOINT_VARIABLE):
        return named.rstrip("/")
    if where.simulated:
        return where.url
    return ENDPOINT if where.url == "https://management.azure.com" else ""


async def live_prices(endpoint: str, sizes: Sequence[Size], *, spot: bool = False) -> Prices:
    """Pay-as-you-go prices of Linux machines in all regions; what cannot be had is left out, that is no error."""
    if not endpoint:
        return {}
    import aiohttp

    limit = asyncio.Semaphore(PARALLEL)
    timeout = aiohttp.ClientTimeout(total=SECONDS, sock_connect=5)
    async with aiohttp.ClientSession(timeout=timeout, trust_env=True) as session:

        async def ask(size: Size) -> Prices:
            async with limit:
                try:
                    return _chosen(size, await _items(session, endpoint, size.name), spot)
                except (aiohttp.ClientError, TimeoutError, ValueError, KeyError):
                    return {}

        found: dict[tuple[str, str], Price] = {}
        for prices in await asyncio.gather(*(ask(size) for size in sizes)):
            found |= prices
        return found


def price_of(size: Size, region: str, prices: Prices, *, spot: bool = False) -> Price | None:
    """The live one, else the list price of some region, of some day: the price itself tells which. No spot price."""
    return prices.get((size.name, region)) or (None if spot else size.price)


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


def _chosen(size: Size, items: Iterable[Mapping[str, Any]], spot: bool) -> dict[tuple[str, str], Price]:
    """Linux only, and of the kinds of price the one asked for."""
    today = datetime.now(UTC).date()
    found: dict[tuple[str, str], Price] = {}
    for item in items:
        kind = f"{item['skuName']} {item['meterName']}"
        if item["productName"].endswith("Windows") or "Low Priority" in kind or (" Spot" in kind) != spot:
            continue
        if item.get("unitOfMeasure", "1 Hour") == "1 Hour":
            region = str(item["armRegionName"])
            found[size.name, region] = Price(usd_per_hour=float(item["retailPrice"]), region=region, as_of=today)
    return found
