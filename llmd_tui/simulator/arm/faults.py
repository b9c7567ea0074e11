"""What goes wrong in the simulated Azure, in Azure's own words."""

import base64
import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from llmd_tui.presets.scenarios import AzureFault
from llmd_tui.simulator.arm.quota import demand
from llmd_tui.simulator.arm.wire import Fault

if TYPE_CHECKING:
    from llmd_tui.simulator.arm.cloud import Cloud

AUTHORITY = "https://login.windows.net"
OTHER_TENANT = "6b0c3f1e-0000-4000-8000-5d1a70000009"
_GUIDE = "Read more about improving likelihood of allocation success at http://aka.ms/allocation-guidance"
_QUOTA_HELP = (
    "If you want to increase the quota, please follow this instruction: https://aka.ms/aks/insufficient-vcpu-quota"
)


class Faults:
    """The faults that are still to come. More can be added while the server runs."""

    def __init__(self, faults: Iterable[AzureFault]) -> None:
        self._faults: list[tuple[AzureFault, list[int]]] = []
        self.add(*faults)

    def add(self, *faults: AzureFault) -> None:
        self._faults += [(fault, [0]) for fault in faults]

    def met(self) -> list[int]:
        """How many requests each of them has seen."""
        return [seen[0] for _, seen in self._faults]

    def go_on(self, met: Iterable[int]) -> None:
        """From where an earlier simulation of the same scenario stood: what is over does not come again."""
        for (_, seen), count in zip(self._faults, met, strict=False):
            seen[0] = count

    def clear(self) -> None:
        self._faults.clear()

    def pending(self, feature: str) -> bool:
        return any(fault.value.lower() == feature.lower() for fault in self._named("feature-pending"))

    def denied(self) -> list[str]:
        return [fault.value for fault in self._named("denied")]

    def local_accounts_off(self) -> bool:
        return any(self._named("local-accounts-off"))

    async def meet(self, cloud: "Cloud", method: str, path: str, body: Mapping[str, Any]) -> bool:
        """Plays what is due for a request. Returns whether its answer is to break off; raises Azure's refusal."""
        for action in self.denied():
            if action.lower() == action_of(method, path).lower():
                raise _denied(action, path)
        broken_off = False
        for fault, seen in self._faults:
            if not re.search(fault.on, f"{method} {path}", re.IGNORECASE):
                continue
            seen[0] += 1
            if seen[0] <= fault.skip or (fault.times is not None and seen[0] > fault.skip + fault.times):
                continue
            if fault.fault == "slow":
                await cloud.clock.sleep(fault.seconds or 20)
            elif fault.fault == "reset":
                broken_off = True
            elif fault.fault in _LATER:
                cloud.failures[path.rpartition("/")[2]] = _LATER[fault.fault](path, body)
            elif refusal := _REFUSALS.get(fault.fault):
                raise refusal(fault, path, body)
        return broken_off

    def _named(self, name: str) -> Iterable[AzureFault]:
        return (fault for fault, _ in self._faults if fault.fault == name)


def action_of(method: str, path: str) -> str:
    """The name under which roles grant a request, such as Microsoft.ContainerService/managedClusters/write."""
    provider, _, rest = path.rpartition("/providers/")[2].partition("/")
    parts = rest.split("/") if "/providers/" in path else ["subscriptions", "", "resourceGroups", ""]
    provider = provider if "/providers/" in path else "Microsoft.Resources"
    if "/providers/Microsoft.Features/providers/" in path:
        provider, parts = "Microsoft.Features", ["providers", "", "features", "", *parts[2:]]
    types = "/".join(part for part in parts[::2] if part) if provider != "" else ""
    verb = {"GET": "read", "HEAD": "read", "PUT": "write", "PATCH": "write", "DELETE": "delete"}.get(method, "action")
    return "/".join(filter(None, (provider, types, verb)))


def insufficient_quota(name: str, region: str, wanted: int, left: int) -> Fault:
    """How AKS refuses a request for more vCPUs than the quota `name` has left."""
    if name == "cores":
        text = (
            f"Insufficient regional vcpu quota left for location {region}. left regional vcpu quota {left}, "
            f"requested quota {wanted}. {_QUOTA_HELP}"
        )
    else:
        text = (
            f"Insufficient vcpu quota requested {wanted}, remaining {left} for family {name} for region {region}. "
            f"Surge nodes would also consume vcpu quota. {_QUOTA_HELP}"
        )
    return Fault(400, "ErrCode_InsufficientVCPUQuota", text, flat=True)


def exceeded_quota(name: str, region: str, limit: int, used: int, wanted: int) -> str:
    """The sentence of Compute, which is asked when machines are made."""
    return (
        f"Operation could not be completed as it results in exceeding approved {name} Cores quota. Additional details "
        f"- Deployment Model: Resource Manager, Location: {region}, Current Limit: {limit}, Current Usage: {used}, "
        f"Additional Required: {wanted}, (Minimum) New Limit Required: {used + wanted}. Setup Alerts when "
        "Quota reaches threshold. Learn more at https://aka.ms/quotamonitoringalerting . Submit a request "
        "for Quota increase at https://aka.ms/ProdportalCRP/#blade/Microsoft_Azure_Capacity/Parameters/x by "
        "specifying parameters listed in the 'Details' section for deployment to succeed."
    )


def _throttled(fault: AzureFault, path: str, _body: Mapping[str, Any]) -> Fault:
    after = {} if fault.seconds is None else {"Retry-After": f"{fault.seconds:g}"}
    hint = "" if fault.seconds is None else f" Please try again after '{fault.seconds:g}' seconds."
    if "Microsoft.Compute" in path:
        return Fault(
            429,
            "OperationNotAllowed",
            "The server rejected the request because too many requests have been received for this subscription.",
            headers=after,
            details=({"code": "TooManyRequests", "target": "HighCostGet3Min", "message": "{}"},),
        )
    if "Microsoft.ContainerService" in path:
        return Fault(
            429, "Throttled", f"The PutAgentPoolHandler.PUT request is throttled.{hint}", flat=True, headers=after
        )
    message = f"Number of requests for subscription and actor exceeded.{hint} Refer to https://aka.ms/arm-throttling"
    return Fault(429, "SubscriptionRequestsThrottled", message, headers=after)


def _expired(_fault: AzureFault, _path: str, _body: Mapping[str, Any]) -> Fault:
    said = "The access token expiry UTC time '11/21/2026 8:00:00 AM' is earlier than current UTC time."
    return Fault(401, "ExpiredAuthenticationToken", said, headers=_challenge("The access token expired."))


def _claims(_fault: AzureFault, _path: str, _body: Mapping[str, Any]) -> Fault:
    code = "TokenIssuedBeforeRevocationTimestamp"
    said = f"Continuous access evaluation resulted in challenge with result: InteractionRequired and code: {code}"
    claims = base64.b64encode(b'{"access_token":{"nbf":{"essential":true,"value":"1795910400"}}}').decode()
    challenge = f'Bearer authorization_uri="{AUTHORITY}/common", error="insufficient_claims", claims="{claims}"'
    return Fault(401, code, said, headers={"WWW-Authenticate": challenge})


def _other_tenant(fault: AzureFault, path: str, _body: Mapping[str, Any]) -> Fault:
    subscription = path.split("/")[2] if path.count("/") > 1 else ""
    return other_tenant("6b0c3f1e-0000-4000-8000-5d1a70000002", fault.value or OTHER_TENANT, subscription)


def other_tenant(own: str, other: str, subscription: str) -> Fault:
    """A token of one tenant for a subscription of another."""
    said = (
        f"The access token is from the wrong issuer 'https://sts.windows.net/{own}/'. It must match the tenant "
        f"'https://sts.windows.net/{other}/' associated with this subscription. Please use the authority (URL) "
        f"'https://login.windows.net/{other}' to get the token. Note, if the subscription is transferred to another "
        f"tenant there is no impact to the services, but information about new tenant could take time to propagate "
        f"(up to an hour). Subscription: {subscription}"
    )
    return Fault(
        401, "InvalidAuthenticationTokenTenant", said, headers=_challenge("The token is of another tenant.", other)
    )


def _challenge(description: str, tenant: str = "common") -> dict[str, str]:
    text = f'Bearer authorization_uri="{AUTHORITY}/{tenant}", error="invalid_token", error_description="{description}"'
    return {"WWW-Authenticate": text}


def _denied(action: str, path: str) -> Fault:
    scope = re.sub(r"/(register|listCluster\w+Credential)$", "", path)
    said = (
        "The client 'ada@contoso.com' with object id '7d5c0000-0000-4000-8000-000000000007' does not have "
        f"authorization to perform action '{action}' over scope '{scope}' or the scope is invalid. If access was "
        "recently granted, please refresh your credentials."
    )
    return Fault(403, "AuthorizationFailed", said)


def _busy(_fault: AzureFault, path: str, _body: Mapping[str, Any]) -> Fault:
    cluster = re.search(r"/managedClusters/([^/]+)", path, re.IGNORECASE)
    return busy(cluster[1] if cluster else "")


def busy(cluster: str) -> Fault:
    """AKS runs one operation on a cluster at a time."""
    said = (
        f"Operation is not allowed because there's an in progress operation on the managed cluster {cluster}. Please "
        "wait for it to finish before starting a new operation. See https://aka.ms/aks-pending-operation for more "
        "details"
    )
    return Fault(409, "OperationNotAllowed", said, flat=True)


def _policy(fault: AzureFault, path: str, _body: Mapping[str, Any]) -> Fault:
    assignment = fault.value or "Allowed virtual machine sizes"
    identity = "/providers/Microsoft.Management/managementGroups/contoso/providers/Microsoft.Authorization"
    info = {
        "policyDefinitionDisplayName": "Allowed virtual machine size SKUs",
        "policyDefinitionId": "/providers/Microsoft.Authorization/policyDefinitions/cccc23c7",
        "policyAssignmentName": "vm-sizes",
        "policyAssignmentDisplayName": assignment,
        "policyAssignmentId": f"{identity}/policyAssignments/vm-sizes",
    }
    said = (
        f"Resource '{path.rpartition('/')[2]}' was disallowed by policy. Policy identifiers: "
        f'\'[{{"policyAssignment":{{"name":"{assignment}","id":"{info["policyAssignmentId"]}"}}}}]\'.'
    )
    return Fault(403, "RequestDisallowedByPolicy", said, info=({"type": "PolicyViolation", "info": info},))


def _zone_refused(_fault: AzureFault, path: str, body: Mapping[str, Any]) -> Fault:
    zones = ",".join(_pool(body).get("availabilityZones") or ("1",))
    said = (
        f"Preflight validation check for resource(s) for container service {path.rpartition('/')[2]} in resource group "
        f"MC_llmd_llmd_eastus2 failed. Message: The zone(s) '{zones}' for resource 'gpu' is not supported. The "
        "supported zones for location 'eastus2' are '2,3'. Details: "
    )
    return Fault(400, "AvailabilityZoneNotSupported", said, flat=True)


def _quota_at_once(fault: AzureFault, _path: str, body: Mapping[str, Any]) -> Fault:
    family, wanted = next(iter(demand(_pool(body)).items()))
    return insufficient_quota(family, "eastus2", wanted, int(fault.value or 0))


def _quota_later(_path: str, body: Mapping[str, Any]) -> Fault:
    family, wanted = next(iter(demand(_pool(body)).items()))
    sentence = exceeded_quota(family, "eastus2", wanted, 96, wanted)
    inner = {"error": {"code": "QuotaExceeded", "message": sentence}}
    return Fault(400, "CreateVMSSAgentPoolFailed", f"Unable to establish the scale set: {json.dumps(inner)}")


def _no_capacity(_path: str, _body: Mapping[str, Any]) -> Fault:
    said = f"Allocation failed. We do not have sufficient capacity for the requested VM size in this region. {_GUIDE}"
    inner = {"code": "AllocationFailed", "message": said}
    return Fault(400, "ReconcileVMSSAgentPoolFailed", "Reconcile VMSS agent pool failed.", details=(inner,))


def _zone_full(_path: str, _body: Mapping[str, Any]) -> Fault:
    said = f"Allocation failed. We do not have sufficient capacity for the requested VM size in this zone. {_GUIDE}"
    return Fault(400, "CreateVMSSAgentPoolFailed", f'VMSS failed with: Code="ZonalAllocationFailed" Message="{said}"')


def _never(_path: str, _body: Mapping[str, Any]) -> None:
    return None


def _pool(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """The pool with GPUs in the request for a pool or for a cluster."""
    properties: Mapping[str, Any] = body.get("properties") or {}
    profiles: list[Mapping[str, Any]] = properties.get("agentPoolProfiles") or [properties]
    return profiles[-1]


_REFUSALS: Mapping[str, Callable[[AzureFault, str, Mapping[str, Any]], Fault]] = {
    "throttled": _throttled,
    "expired-token": _expired,
    "claims-challenge": _claims,
    "other-tenant": _other_tenant,
    "busy": _busy,
    "policy": _policy,
    "zone-refused": _zone_refused,
    "quota-at-once": _quota_at_once,
}
_LATER: Mapping[str, Callable[[str, Mapping[str, Any]], Fault | None]] = {
    "quota-later": _quota_later,
    "no-capacity": _no_capacity,
    "zone-full": _zone_full,
    "never-ends": _never,
}
