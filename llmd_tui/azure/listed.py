"""What Azure lists of an account: subscriptions, tenants, regions."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Subscription:
    """`quota_id` tells the kind of offer, for example FreeTrial_2014-09-01, which cannot hold GPU quota."""

    id: str
    name: str
    tenant: str
    state: str
    quota_id: str


@dataclass(frozen=True)
class Tenant:
    id: str
    name: str
    domain: str


@dataclass(frozen=True)
class Location:
    name: str
    display_name: str
