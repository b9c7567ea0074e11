"""Azure's public price list, which asks for no login."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from llmd_tui.presets.sizes import Size, size
from llmd_tui.simulator.arm.cloud import Cloud
from llmd_tui.simulator.arm.wire import Answer

PATH = "/api/retail/prices"
PAGE = 100
SPOT_SHARE = 0.2


def prices(cloud: Cloud, base: str, query: Mapping[str, str]) -> Answer:
    """The rows for one size, in pages."""
    match = re.search(r"armSkuName eq '([^']+)'", query.get("$filter", ""))
    rows = list(_rows(cloud, size(match[1]))) if match else []
    begin = int(query.get("$skip", "0"))
    page = rows[begin : begin + PAGE]
    more = begin + PAGE < len(rows)
    following = f"{base}{PATH}?$filter=armSkuName eq '{match[1] if match else ''}'&$skip={begin + PAGE}"
    return Answer(
        {"BillingCurrency": "USD", "Items": page, "NextPageLink": following if more else None, "Count": len(page)}
    )


def _rows(cloud: Cloud, of: Size) -> Iterator[dict[str, Any]]:
    """In each region Linux, Windows, spot and the low priority of old."""
    if of.price is None:
        return
    name = of.name.removeprefix("Standard_").replace("_", " ")
    for region in cloud.azure.regions:
        for product, kind, share in (
            ("Virtual Machines Series", "", 1.0),
            ("Virtual Machines Series Windows", "", 1.4),
            ("Virtual Machines Series", " Spot", SPOT_SHARE),
            ("Virtual Machines Series", " Low Priority", SPOT_SHARE),
        ):
            yield {
                "currencyCode": "USD",
                "retailPrice": round(of.price.usd_per_hour * share, 4),
                "armRegionName": region,
                "armSkuName": of.name,
                "productName": product,
                "skuName": f"{name}{kind}",
                "meterName": f"{name}{kind}",
                "serviceName": "Virtual Machines",
                "unitOfMeasure": "1 Hour",
                "type": "Consumption",
            }
