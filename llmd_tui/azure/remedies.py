"""What to do about an error of Azure, by its code and the words of its message."""

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["", "quota", "capacity", "offer", "zone", "busy", "denied", "policy", "login", "throttled", "gone"]
"""What an error is about. `capacity`: Azure has no machines free; `offer`: it does not sell that size here."""


@dataclass(frozen=True)
class Remedy:
    """For errors with one of `codes` whose message has a match of `phrase`; its groups fill `text`."""

    codes: tuple[str, ...]
    phrase: str
    kind: Kind
    text: str


QUOTA = "Ask for more quota (portal: Quotas), or choose a region, size or node count that fits what is left."
_UNKNOWN = {"subscription": "SUBSCRIPTION", "tenant": "TENANT", "wait": "a minute"}
_ROLE = "`az role assignment create --role {role} --assignee LOGIN --scope {scope}`"
_FEATURE_SCOPE = (
    r"perform action 'Microsoft\.Features/providers/features/register/action' over scope "
    r"'/subscriptions/(?P<subscription>[^/]+)/providers/Microsoft\.Features/providers/(?P<provider>[^/]+)"
    r"/features/(?P<feature>[^/']+)"
)
_ACTION = r"perform action '(?P<action>[^']+)' over scope '(?P<scope>[^']+)'"
_CREDENTIAL = r"perform action '[^']*/(?P<action>listCluster\w+Credential)/action' over scope '(?P<scope>[^']+)'"

# The first row that fits counts; OperationNotAllowed means quota only with the phrase.
REMEDIES: tuple[Remedy, ...] = (
    Remedy(("ErrCode_InsufficientVCPUQuota", "QuotaExceeded"), "", "quota", QUOTA),
    Remedy(("OperationNotAllowed", "BadRequest"), "exceeding (approved .* quota|quota limits)", "quota", QUOTA),
    Remedy(
        ("OperationNotAllowed", "Conflict", "EtagMismatch"),
        "in progress|another operation|concurrent",
        "busy",
        "Another operation runs on the cluster: wait for it and resume, or `az aks operation-abort`.",
    ),
    Remedy(
        ("OperationNotAllowed",),
        "too many requests",
        "throttled",
        "Azure limits the rate of requests: wait {wait} and resume.",
    ),
    Remedy(("OperationNotAllowed", "BadRequest"), "stopped", "", "Start the cluster with `az aks start`, then resume."),
    Remedy(
        ("OperationNotAllowed", "PropertyChangeNotAllowed"),
        "immutable|not allowed to be changed|is not allowed",
        "",
        "That is fixed when a node pool is made: delete the pool, or give pool.name another name.",
    ),
    Remedy(
        ("SkuNotAvailable", "VMSizeNotSupported", "VMSizeNotSupportedByRegion"),
        "",
        "offer",
        "Choose another size, zone or region; a support request lifts a restriction of the subscription.",
    ),
    Remedy(
        ("BadRequest",),
        "(size|VM SKUs?) .*(not supported for subscription|not allowed in your subscription|restricted by AKS)",
        "offer",
        "Choose another size, zone or region; sizes that AKS does not list need the strategy gpu-operator.",
    ),
    Remedy(
        ("ZonalAllocationFailed", "OverconstrainedZonalAllocationRequest"),
        "",
        "capacity",
        "This zone has no free machines of this size: leave pool.zone out, or take another zone.",
    ),
    Remedy(
        ("AllocationFailed", "OverconstrainedAllocationRequest"),
        "",
        "capacity",
        "Azure has no free machines of this size here: try again later, with fewer nodes, or without a zone.",
    ),
    Remedy(
        ("AvailabilityZoneNotSupported", "InvalidTemplateDeployment"),
        r"supported zones for location '[^']*' are '(?P<zones>[^']+)'",
        "zone",
        "Set pool.zone to one of {zones}, or leave it out.",
    ),
    Remedy(
        ("AvailabilityZoneNotSupported",),
        "",
        "zone",
        "Leave pool.zone out: AKS takes this size here without a zone only.",
    ),
    Remedy(("AksCapacityHeavyUsage",), "", "capacity", "AKS is short of capacity in this region: choose another one."),
    Remedy(
        ("ManagedClusterCountExceedsQuotaLimit",),
        "",
        "",
        "Delete a cluster that is not needed, or ask for more clusters in this region by a support request.",
    ),
    Remedy(
        ("RequestDisallowedByPolicy",),
        r"\(policy assignment: (?P<name>[^)]+)\)",
        "policy",
        "The policy assignment {name} forbids it: ask its owner for an exemption, then resume. `az policy assignment "
        "list --disable-scope-strict-match --query \"[?displayName=='{name}' || name=='{name}']\" --subscription "
        "{subscription}` shows it.",
    ),
    Remedy(
        ("RequestDisallowedByPolicy",),
        "",
        "policy",
        "A policy of your organisation forbids it: ask its owner for an exemption, then resume.",
    ),
    Remedy(
        ("RequestDisallowedByAzure",),
        "",
        "offer",
        "This region is closed to your kind of offer: choose another one.",
    ),
    Remedy(
        ("AuthorizationFailed",),
        _FEATURE_SCOPE,
        "denied",
        "An administrator runs `az feature register --namespace {provider} --name {feature} --subscription "
        "{subscription}` and then `az provider register --namespace {provider} --subscription {subscription}`; without "
        "it: one node, or a size without InfiniBand.",
    ),
    Remedy(
        ("AuthorizationFailed", "LinkedAuthorizationFailed"),
        _CREDENTIAL,
        "denied",
        "Missing: the role Azure Kubernetes Service Cluster User Role on {scope}: "
        + _ROLE.format(role='"Azure Kubernetes Service Cluster User Role"', scope="{scope}"),
    ),
    Remedy(
        ("AuthorizationFailed", "LinkedAuthorizationFailed"),
        _ACTION,
        "denied",
        "Missing: {action} on {scope}. The role Contributor has it: "
        + _ROLE.format(role="Contributor", scope="{scope}")
        + "; then log in again.",
    ),
    Remedy(
        ("AuthorizationFailed", "LinkedAuthorizationFailed"),
        "",
        "denied",
        "Ask for the Contributor role on the resource group (on the subscription for features); then log in again.",
    ),
    Remedy(
        ("PreviewFeatureNotRegistered", "FeatureNotRegistered"),
        r"feature (?P<provider>Microsoft\.\w+)/(?P<feature>\w+)",
        "",
        "Register it: `az feature register --namespace {provider} --name {feature} --subscription {subscription}`, "
        "when that is done `az provider register --namespace {provider} --subscription {subscription}`, and resume.",
    ),
    Remedy(
        ("PreviewFeatureNotRegistered", "FeatureNotRegistered"),
        "",
        "",
        "Register the feature (`az feature register`), then the provider again, and resume.",
    ),
    Remedy(
        ("FeatureNotFound",),
        "",
        "gone",
        "Azure knows no such feature any more, as when it became part of AKS: go on without the phase, by `--skip "
        "features`.",
    ),
    Remedy(
        ("MissingSubscriptionRegistration",),
        r"namespace '(?P<provider>[\w.]+)'",
        "",
        "Register the provider: `az provider register --namespace {provider} --subscription {subscription} --wait`, "
        "then resume.",
    ),
    Remedy(
        ("MissingSubscriptionRegistration",),
        "",
        "",
        "Register the provider: `az provider register --namespace NAME --wait`.",
    ),
    Remedy(
        ("Throttled", "TooManyRequests", "SubscriptionRequestsThrottled"),
        "",
        "throttled",
        "Azure limits the rate of requests: wait {wait} and resume.",
    ),
    Remedy(
        ("K8sVersionNotSupported",),
        "",
        "",
        "`az aks get-versions --location REGION` lists what AKS offers.",
    ),
    Remedy(
        ("InvalidAuthenticationTokenTenant",),
        r"must match (the tenant|one of the tenants) 'https://[^/']+/(?P<tenant>[0-9a-f-]+)\b",
        "login",
        "Log in to the subscription's tenant: `az login --tenant {tenant}`, or with --tenant {tenant}; then try again.",
    ),
    Remedy(
        ("SubscriptionNotFound", "InvalidAuthenticationTokenTenant"),
        "",
        "login",
        "Log in to the tenant of the subscription: `az login --tenant {tenant}`, or with --tenant {tenant}.",
    ),
    Remedy(
        (
            "AuthenticationFailed",
            "ExpiredAuthenticationToken",
            "InvalidAuthenticationToken",
            "TokenIssuedBeforeRevocationTimestamp",
        ),
        "",
        "login",
        "Log in again: `az login`; then resume.",
    ),
    Remedy(
        ("VMExtensionProvisioningError", "VMExtensionProvisioningTimeout", "VMExtensionHandlerNonTransientError"),
        r"(exit (code|status)[ =:]*|ExitCode\D{0,4})(5[0-2])\b",
        "",
        "The nodes have no way out to the internet: let them reach mcr.microsoft.com (egress rules), then try again.",
    ),
    Remedy(
        ("VMExtensionProvisioningError", "VMExtensionProvisioningTimeout", "VMExtensionHandlerNonTransientError"),
        "",
        "",
        "AKS could not set the nodes up, mostly the GPU driver: delete the pool and try again, or let the GPU operator "
        "install the driver (drivers: gpu-operator).",
    ),
    Remedy(
        ("NodePoolMcVersionIncompatible",),
        "",
        "",
        "The pool's Kubernetes version does not go with the cluster's: leave it out, so that it takes the cluster's.",
    ),
    Remedy(
        ("BadRequest",),
        "disable local accounts",
        "",
        "The cluster has no local accounts; use the user's credentials, which llmd-tui does by itself.",
    ),
    Remedy(
        ("Canceled",),
        "",
        "",
        "It was aborted: trying again makes it anew, `llmd-tui destroy` removes what there is of it.",
    ),
    Remedy(
        ("ResourceGroupBeingDeleted",),
        "",
        "",
        "The resource group is being deleted: resume when it is gone, or give target.azure.resourceGroup another name.",
    ),
    Remedy(
        ("ScopeLocked",),
        "",
        "denied",
        "A lock holds it: `az lock list --subscription {subscription}` names it; its owner can take it away.",
    ),
    Remedy(
        ("ReadOnlyDisabledSubscription", "SubscriptionDisabled"),
        "",
        "denied",
        "Nothing can be created in a subscription that is disabled: ask the account's owner, or take another one.",
    ),
    Remedy(("LocationNotAvailableForResourceType",), "", "offer", "Choose another region."),
    Remedy(
        ("ResourceGroupNotFound", "ResourceNotFound"),
        "",
        "gone",
        "Check the names of subscription, resource group and cluster.",
    ),
)


def remedy(code: str, message: str, **known: str) -> tuple[Kind, str]:
    """What the error is about and what to do; both empty when it is not known here.

    `known` are the subscription, its tenant, and how long to `wait`, where they are.
    """
    for row in REMEDIES:
        if code in row.codes and (found := re.search(row.phrase, message, re.IGNORECASE | re.DOTALL)):
            return row.kind, row.text.format_map({**_UNKNOWN, **known, **found.groupdict()})
    return "", ""
