"""Subscriptions, regions, resource groups, providers and features."""

from typing import Any

from llmd_tui.presets.scenarios import Subscription
from llmd_tui.simulator.arm.wire import Answer, Call, Fault, Routes, route

ROUTES: Routes = []
SUBSCRIPTION = "/subscriptions/{subscription}"
GROUP = f"{SUBSCRIPTION}/resourceGroups/{{group}}"
FEATURE = f"{SUBSCRIPTION}/providers/Microsoft.Features/providers/{{provider}}/features/{{feature}}"


@route(ROUTES, "GET", "/subscriptions")
async def subscriptions(call: Call) -> Answer:
    """Those of the token's tenant."""
    known = (call.cloud.azure.subscription, *call.cloud.azure.others)
    value = [_subscription(each) for each in known if each.tenant == call.tenant]
    return Answer({"value": value, "count": {"type": "Total", "value": len(value)}})


@route(ROUTES, "GET", SUBSCRIPTION)
async def subscription(call: Call) -> Answer:
    known = (call.cloud.azure.subscription, *call.cloud.azure.others)
    return Answer(next(_subscription(each) for each in known if each.id.lower() == call.parts["subscription"].lower()))


@route(ROUTES, "GET", "/tenants")
async def tenants(call: Call) -> Answer:
    """All of them, whichever the token is of."""
    names = {each.tenant: each.tenant_name for each in (call.cloud.azure.subscription, *call.cloud.azure.others)}
    return Answer(
        {
            "value": [
                {"id": f"/tenants/{tenant}", "tenantId": tenant, "displayName": name, "tenantType": "AAD"}
                for tenant, name in names.items()
            ]
        }
    )


@route(ROUTES, "GET", f"{SUBSCRIPTION}/locations")
async def locations(call: Call) -> Answer:
    regions = call.cloud.azure.regions
    value = [_location(call, name, region.display_name, "Physical") for name, region in regions.items()]
    return Answer({"value": [*value, _location(call, "global", "Global", "Logical")]})


@route(ROUTES, "GET", f"{SUBSCRIPTION}/providers/Microsoft.Authorization/permissions")
@route(ROUTES, "GET", f"{GROUP}/providers/Microsoft.Authorization/permissions")
async def permissions(call: Call) -> Answer:
    """All but what is denied."""
    denied = call.cloud.faults.denied()
    return Answer({"value": [{"actions": ["*"], "notActions": denied, "dataActions": [], "notDataActions": []}]})


@route(ROUTES, "GET", f"{SUBSCRIPTION}/providers/{{provider}}")
async def provider(call: Call) -> Answer:
    return Answer(_provider(call))


@route(ROUTES, "POST", f"{SUBSCRIPTION}/providers/{{provider}}/register")
async def register_provider(call: Call) -> Answer:
    call.cloud.register(call.parts["provider"], "provider")
    return Answer(_provider(call))


@route(ROUTES, "GET", FEATURE)
async def feature(call: Call) -> Answer:
    return Answer(_feature(call))


@route(ROUTES, "POST", f"{FEATURE}/register")
async def register_feature(call: Call) -> Answer:
    call.cloud.register(f"{call.parts['provider']}/{call.parts['feature']}", "feature")
    return Answer(_feature(call))


@route(ROUTES, "GET", f"{SUBSCRIPTION}/resourceGroups")
async def groups(call: Call) -> Answer:
    return Answer({"value": list(call.cloud.groups.values())})


@route(ROUTES, "GET", GROUP)
async def group(call: Call) -> Answer:
    return Answer(existing_group(call))


@route(ROUTES, "HEAD", GROUP)
async def has_group(call: Call) -> Answer:
    return Answer(status=204 if call.parts["group"].lower() in call.cloud.groups else 404)


@route(ROUTES, "PUT", GROUP)
async def put_group(call: Call) -> Answer:
    name, wanted = call.parts["group"], call.body.get("location")
    if not wanted:
        raise Fault(400, "LocationRequired", "The location property is required for this definition.")
    if wanted.lower() not in call.cloud.azure.regions:
        known = ",".join(call.cloud.azure.regions)
        message = f"The provided location '{wanted}' is not available for resource group. "
        raise Fault(400, "LocationNotAvailableForResourceGroup", f"{message}List of available regions is '{known}'.")
    old = call.cloud.groups.get(name.lower())
    if old and old["location"] != wanted:
        message = f"Invalid resource group location '{wanted}'. The Resource group already exists in location"
        raise Fault(409, "InvalidResourceGroupLocation", f"{message} '{old['location']}'.")
    if not old:
        await call.cloud.clock.sleep(call.cloud.azure.seconds["resource-group"])
    made: dict[str, Any] = {
        "id": f"/subscriptions/{call.cloud.subscription}/resourceGroups/{name}",
        "name": name,
        "type": "Microsoft.Resources/resourceGroups",
        "location": wanted,
        **({"tags": call.body["tags"]} if call.body.get("tags") else {}),
        "properties": {"provisioningState": "Succeeded"},
    }
    call.cloud.groups[name.lower()] = made
    return Answer(made, 200 if old else 201)


def existing_group(call: Call) -> dict[str, Any]:
    """The group that the path names. Raises ARM's 404."""
    name = call.parts["group"]
    if name.lower() not in call.cloud.groups:
        raise Fault(404, "ResourceGroupNotFound", f"Resource group '{name}' could not be found.")
    return call.cloud.groups[name.lower()]


def _subscription(known: Subscription) -> dict[str, Any]:
    return {
        "id": f"/subscriptions/{known.id}",
        "subscriptionId": known.id,
        "tenantId": known.tenant,
        "displayName": known.name,
        "state": known.state,
        "subscriptionPolicies": {
            "locationPlacementId": "Internal_2014-09-01",
            "quotaId": "EnterpriseAgreement_2014-09-01",
            "spendingLimit": "Off",
        },
        "authorizationSource": "RoleBased",
        "managedByTenants": [],
    }


def _location(call: Call, name: str, display_name: str, kind: str) -> dict[str, Any]:
    return {
        "id": f"/subscriptions/{call.cloud.subscription}/locations/{name}",
        "name": name,
        "type": "Region",
        "displayName": display_name,
        "regionalDisplayName": display_name,
        "metadata": {"regionType": kind, "regionCategory": "Recommended" if kind == "Physical" else "Other"},
    }


def _provider(call: Call) -> dict[str, Any]:
    name = call.parts["provider"]
    return {
        "id": f"/subscriptions/{call.cloud.subscription}/providers/{name}",
        "namespace": name,
        "registrationPolicy": "RegistrationRequired",
        "resourceTypes": [],
        "registrationState": call.cloud.registration(name),
    }


def _feature(call: Call) -> dict[str, Any]:
    full = f"{call.parts['provider']}/{call.parts['feature']}"
    path = f"/providers/Microsoft.Features/providers/{call.parts['provider']}/features/{call.parts['feature']}"
    return {
        "properties": {"state": call.cloud.registration(full)},
        "id": f"/subscriptions/{call.cloud.subscription}{path}",
        "type": "Microsoft.Features/providers/features",
        "name": full,
    }
