"""Every error that Azure is known to answer with, by the real SDK: what happened, what to do, and support's id."""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from llmd_tui.azure.errors import MESSAGE_LIMIT, ArmError
from llmd_tui.simulator.arm.wire import Fault
from tests.azure.cloud import SUBSCRIPTION, put_cluster, put_group, put_pool, run, simulated

GUIDE = "Allocation failed. We do not have sufficient capacity for the requested VM size in this region."
SIZES = ",".join(f"standard_d{n}s_v5" for n in range(1, 900))
COMPUTE = (
    "Operation could not be completed as it results in exceeding approved {name} quota. Additional details - "
    "Deployment Model: Resource Manager, Location: eastus2, Current Limit: 100, Current Usage: 96, Additional "
    "Required: 192, (Minimum) New Limit Required: 288."
)


@dataclass(frozen=True)
class Row:
    """`later`: the operation ends with it, minutes after the PUT was taken. `said` and `todo` are in the words."""

    code: str
    phrase: str
    said: str
    todo: str
    status: int = 400
    later: bool = False
    flat: bool = True
    kind: str = ""
    wrapper: str = ""


ROWS = (
    Row(
        "ErrCode_InsufficientVCPUQuota",
        "Insufficient vcpu quota requested 192, remaining 96 for family standardNDSH100v5Family for region eastus2. "
        "Surge nodes would also consume vcpu quota.",
        "needs 192 vCPU of standardNDSH100v5Family in eastus2, 96 free: ask for 96 more",
        "Quota page: https://portal.azure.com/",
        kind="quota",
    ),
    Row(
        "ErrCode_InsufficientVCPUQuota",
        "Insufficient regional vcpu quota left for location eastus2. left regional vcpu quota 4, requested quota 6.",
        "needs 6 vCPU of cores (all sizes together) in eastus2, 4 free: ask for 2 more",
        "Quota page",
        kind="quota",
    ),
    Row(
        "ErrCode_InsufficientVCPUQuota",
        "Insufficient vcpu quota requested 192, remaining 100 for family lowPriorityCores for region eastus2.",
        "needs 192 vCPU of lowPriorityCores (all spot nodes together) in eastus2, 100 free: ask for 92 more",
        "Quota page",
        kind="quota",
    ),
    Row(
        "QuotaExceeded",
        COMPUTE.format(name="Standard NCASv3_T4 Family Cores"),
        "needs 192 vCPU of Standard NCASv3_T4 Family in eastus2, 4 free: ask for 188 more",
        '--resource-name "Standard NCASv3_T4 Family"',
        later=True,
        kind="quota",
        wrapper="InvalidTemplateDeployment",
    ),
    Row(
        "OperationNotAllowed",
        COMPUTE.format(name="LowPriorityCores"),
        "needs 192 vCPU of lowPriorityCores (all spot nodes together)",
        "--resource-type lowPriority",
        status=409,
        kind="quota",
    ),
    Row("OperationNotAllowed", "Cannot scale: the cluster is stopped.", "stopped", "az aks start", status=409),
    Row("PropertyChangeNotAllowed", "Changing property 'vmSize' is not allowed.", "vmSize", "pool.name another name"),
    Row(
        "SkuNotAvailable",
        "The Following SKUs have failed for Capacity Restrictions: Standard_ND96isr_H100_v5 is currently not available "
        "in location 'eastus2'. See aka.ms/azureskunotavailable",
        "not available in location 'eastus2'",
        "another size, zone or region",
        later=True,
        kind="offer",
        wrapper="CreateVMSSAgentPoolFailed",
    ),
    Row(
        "VMSizeNotSupported",
        f"Virtual Machine size: 'Standard_X' is not supported for subscription s in location 'eastus2'. The available "
        f"VM sizes are '{SIZES}'.",
        "Virtual Machine size: 'Standard_X' is not supported",
        "another size, zone or region",
        kind="offer",
    ),
    Row(
        "BadRequest",
        "The VM size of AgentPoolProfile:gpu is not allowed in your subscription in location 'eastus2'.",
        "not allowed in your subscription",
        "sizes that AKS does not list need the strategy gpu-operator",
        kind="offer",
    ),
    Row(
        "BadRequest",
        "VM SKUs chosen for agentpool(s) 'gpu' are restricted by AKS.",
        "restricted by AKS",
        "another size",
        kind="offer",
    ),
    Row("AllocationFailed", GUIDE, "sufficient capacity", "fewer nodes", later=True, kind="capacity"),
    Row("ZonalAllocationFailed", GUIDE, "sufficient capacity", "another zone", later=True, kind="capacity"),
    Row("OverconstrainedAllocationRequest", GUIDE, "capacity", "without a zone", later=True, kind="capacity"),
    Row("OverconstrainedZonalAllocationRequest", GUIDE, "capacity", "pool.zone out", later=True, kind="capacity"),
    Row(
        "AvailabilityZoneNotSupported",
        "The zone(s) '1' for resource 'gpu' is not supported. The supported zones for location 'eastus2' are ''",
        "is not supported",
        "Leave pool.zone out",
        kind="zone",
    ),
    Row("AksCapacityHeavyUsage", "AKS is under heavy usage in eastus2.", "heavy usage", "another one", kind="capacity"),
    Row(
        "ManagedClusterCountExceedsQuotaLimit",
        "The number of managed clusters exceeds the quota 100.",
        "exceeds the quota",
        "Delete a cluster",
    ),
    Row(
        "PreviewFeatureNotRegistered",
        "Preview feature Microsoft.ContainerService/ManagedGPUExperiencePreview not registered.",
        "not registered",
        "az feature register --namespace Microsoft.ContainerService --name ManagedGPUExperiencePreview",
    ),
    Row(
        "MissingSubscriptionRegistration",
        "The subscription is not registered to use namespace 'Microsoft.Compute'.",
        "not registered",
        f"az provider register --namespace Microsoft.Compute --subscription {SUBSCRIPTION} --wait",
        status=409,
        flat=False,
    ),
    Row(
        "RequestDisallowedByAzure",
        "Resource 'llmd' was disallowed by Azure: the region is closed.",
        "disallowed by Azure",
        "closed to your kind of offer",
        status=403,
        kind="offer",
    ),
    Row(
        "LinkedAuthorizationFailed",
        "The client 'c' has permission to perform action 'Microsoft.ContainerService/managedClusters/write' on scope "
        "'/a'; however, it does not have permission to perform action 'Microsoft.Network/virtualNetworks/subnets/join/"
        "action' over scope '/subscriptions/s/resourceGroups/net' or the scope is invalid.",
        "does not have permission",
        "Microsoft.Network/virtualNetworks/subnets/join/action on /subscriptions/s/resourceGroups/net",
        status=403,
        kind="denied",
        flat=False,
    ),
    Row(
        "K8sVersionNotSupported",
        "Managed cluster version 1.27 is not supported in this region.",
        "1.27 is not supported",
        "az aks get-versions",
    ),
    Row(
        "VMExtensionProvisioningError",
        'VM has reported a failure when processing extension vmssCSE: "ExitCode": "84", gpu driver install failed',
        "84",
        "drivers: gpu-operator",
        later=True,
        wrapper="ReconcileVMSSAgentPoolFailed",
    ),
    Row(
        "VMExtensionProvisioningTimeout",
        "vmssCSE timed out: exit status=50, no outbound",
        "exit status=50",
        "egress rules",
        later=True,
    ),
    Row(
        "NodePoolMcVersionIncompatible",
        "Node pool version 1.36 and control plane version 1.35 are incompatible.",
        "incompatible",
        "takes the cluster's",
    ),
    Row(
        "OperationNotAllowed",
        "Operation results in exceeding quota limits of Core. Maximum allowed: 4, Current in use: 4, Additional "
        "requested: 6.",
        "exceeding quota limits of Core",
        "Ask for more quota",
        status=409,
        kind="quota",
    ),
    Row(
        "FeatureNotFound",
        "The feature 'AKSInfinibandSupport' could not be found.",
        "could not be found",
        "--skip features",
        kind="gone",
    ),
    Row(
        "ResourceGroupBeingDeleted",
        "The resource group 'llmd' is in deprovisioning state and cannot perform this operation.",
        "deprovisioning",
        "resume when it is gone",
        status=409,
        flat=False,
    ),
    Row(
        "ScopeLocked",
        "The scope '/a' cannot perform write operation because following scope(s) are locked: '/a'.",
        "are locked",
        f"az lock list --subscription {SUBSCRIPTION}",
        status=409,
        flat=False,
        kind="denied",
    ),
    Row(
        "ReadOnlyDisabledSubscription",
        "The subscription 's' is disabled and therefore marked as read only.",
        "marked as read only",
        "another one",
        status=409,
        flat=False,
        kind="denied",
    ),
    Row(
        "SomethingNew",
        "Nobody has heard of it.",
        "Nobody has heard of it",
        "az monitor activity-log list --correlation-id ",
    ),
    Row("InternalServerError", "Encountered an internal error.", "internal error", "trouble of its own", status=500),
    Row(
        "ResourceGroupNotFound",
        "Resource group 'x' could not be found.",
        "could not be found",
        "Check the names",
        kind="gone",
    ),
    Row(
        "LocationNotAvailableForResourceType",
        "The provided location 'moon' is not available for resource type 'x'.",
        "not available for resource type",
        "another region",
        kind="offer",
    ),
    Row(
        "SubscriptionNotFound",
        f"The subscription '{SUBSCRIPTION}' could not be found.",
        "could not be found",
        "az login --tenant",
        kind="login",
        flat=False,
    ),
)


def fault(row: Row) -> Fault:
    if not row.wrapper:
        return Fault(row.status, row.code, row.phrase, flat=row.flat)
    inner = json.dumps({"error": {"code": row.code, "message": row.phrase}})
    return Fault(row.status, row.wrapper, f"The deployment failed: {inner}", flat=row.flat)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.code}{' later' if row.later else ''}")
async def test_a_refusal(monkeypatch: pytest.MonkeyPatch, row: Row) -> None:
    async with simulated(monkeypatch) as (arm, cloud):
        await run(arm, put_group(), put_cluster())

        def refuse(*_: Any) -> None:
            raise fault(row)

        if row.later:
            cloud.failures["gpu"] = fault(row)
        else:
            monkeypatch.setattr(cloud, "check_quota", refuse)
        with pytest.raises(ArmError) as failure:
            await run(arm, put_pool())
        error = failure.value
        assert await arm.look(put_pool()) == ("broken" if row.later else "absent")
    assert (error.code, error.kind) == (row.code, row.kind)
    assert error.status == (200 if row.later else row.status)
    assert row.said in error.message
    assert row.todo in error.remedy
    assert error.correlation and f"correlation id {error.correlation}" in error.message
    assert error.message.startswith("Azure could not create" if row.later else "Azure refused to create")
    assert len(error.message) < MESSAGE_LIMIT + 200, "long lists are cut"
