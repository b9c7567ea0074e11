"""What an ARM action is about, read from its path, and in which state Azure has it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

from llmd_tui.azure.errors import ArmError
from llmd_tui.errors import UserError

if TYPE_CHECKING:
    from llmd_tui.azure.client import Arm

State = Literal["absent", "running", "done", "broken"]

CLUSTER = re.compile(
    r"/subscriptions/(?P<subscription>[^/]+)/resourceGroups/(?P<group>[^/]+)"
    r"/providers/Microsoft\.ContainerService/managedClusters/(?P<cluster>[^/]+)(/agentPools/(?P<pool>[^/]+))?",
    re.IGNORECASE,
)
FEATURE = re.compile(
    r"/subscriptions/[^/]+/providers/Microsoft\.Features/providers/(?P<provider>[^/]+)/features/(?P<feature>[^/]+)",
    re.IGNORECASE,
)
ENDED = ("Succeeded", "Failed", "Canceled")
_PROVIDER = re.compile(r"/subscriptions/[^/]+/providers/(?P<provider>[^/]+)", re.IGNORECASE)


class Action(Protocol):
    """What `llmd_tui.plan.actions.Arm` is."""

    @property
    def method(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def api_version(self) -> str: ...
    @property
    def body(self) -> Mapping[str, Any] | None: ...


@dataclass(frozen=True)
class Found:
    """What Azure has. `word` is Azure's own: Succeeded, Creating, Registered ..."""

    state: State
    word: str
    resource: dict[str, Any]

    @property
    def properties(self) -> dict[str, Any]:
        return self.resource.get("properties") or {}


ABSENT = Found("absent", "", {})


async def find(arm: "Arm", action: Action) -> Found:
    """Looks at what `action` makes. Raises UserError on a cluster or node pool of that name that is another's."""
    if action.method == "POST" and not registers(action):
        return ABSENT
    try:
        resource = await arm.get(action.path.removesuffix("/register"), action.api_version)
    except ArmError as error:
        if error.status == 404:
            return ABSENT
        raise
    found = _judge(resource)
    if action.method == "PUT" and CLUSTER.fullmatch(action.path):
        _check(action, found)
    return found


def describe(action: Action) -> str:
    """For example "node pool gpu of llmd", "cluster llmd", "feature AKSInfinibandSupport"."""
    if found := CLUSTER.match(action.path):
        pool, cluster = found["pool"], found["cluster"]
        return f"node pool {pool} of {cluster}" if pool else f"cluster {cluster}"
    if found := FEATURE.match(action.path):
        return f"feature {found['feature']}"
    if found := _PROVIDER.match(action.path):
        return f"provider {found['provider']}"
    return f"resource group {action.path.rpartition('/')[2]}"


def goes_on(action: Action) -> str:
    """What Azure does although its `run` was cancelled, in a sentence; then how to stop that. Empty when nothing."""
    if action.method != "PUT" or not CLUSTER.fullmatch(action.path):
        return ""
    command = abort_command(action.path)
    return f"Azure goes on creating {describe(action)}. It is billed; `{command}` stops it, resuming waits for it."


def abort_command(path: str) -> str:
    """Gives up what AKS does with a cluster or one of its node pools."""
    found = CLUSTER.match(path)
    assert found is not None
    group, cluster, pool = found["group"], found["cluster"], found["pool"]
    if pool:
        names = f"--resource-group {group} --cluster-name {cluster} --nodepool-name {pool}"
        return f"az aks nodepool operation-abort {names}"
    return f"az aks operation-abort --resource-group {group} --name {cluster}"


def registers(action: Action) -> bool:
    """Whether it registers a feature or a provider."""
    return action.method == "POST" and action.path.endswith("/register")


def state_word(resource: Mapping[str, Any]) -> str:
    """provisioningState of resources, state of features, registrationState of providers."""
    properties: Mapping[str, Any] = resource.get("properties") or {}
    word = properties.get("provisioningState") or properties.get("state") or resource.get("registrationState")
    return str(word or "")


def _judge(resource: dict[str, Any]) -> Found:
    word = state_word(resource)
    states: dict[str, State] = {
        "Succeeded": "done",
        "Registered": "done",
        "Failed": "broken",
        "Canceled": "broken",
        "NotRegistered": "absent",
        "Unregistered": "absent",
    }
    return Found(states.get(word, "running"), word, resource)


def _driver(pool: Mapping[str, Any]) -> str:
    """Of a node pool's properties; empty where there is no GPU."""
    profile: Mapping[str, Any] = pool.get("gpuProfile") or {}
    return str(profile.get("driver") or "")


def _check(action: Action, found: Found) -> None:
    wanted: Mapping[str, Any] = action.body or {}
    if "/agentPools/" in action.path:
        properties: Mapping[str, Any] = wanted.get("properties") or {}
        size = properties.get("vmSize")
        if found.properties.get("vmSize") != size:
            raise UserError(
                f"{describe(action)} exists already, with {found.properties.get('vmSize')} instead of {size}.",
                "Give pool.name another name, or delete that node pool.",
            )
        driver, there = _driver(properties), _driver(found.properties)
        if driver and there and driver != there:
            raise UserError(
                f"{describe(action)} exists already, with the GPU driver setting {there} instead of {driver}.",
                "A pool's driver cannot be changed: give pool.name another name, or delete that node pool.",
            )
        return
    tags: Mapping[str, str] = wanted.get("tags") or {}
    if not tags.items() <= (found.resource.get("tags") or {}).items():
        raise UserError(
            f"{describe(action)} exists already and was not made here; it is not changed.",
            "Set target.azure.create to false to use it, or choose another name.",
        )
    if found.properties.get("powerState", {}).get("code") == "Stopped":
        raise UserError(f"{describe(action)} is stopped.", "Start it with `az aks start`, then resume.")
