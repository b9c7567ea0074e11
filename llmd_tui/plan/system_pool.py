"""How large the cluster's system pool has to be for what a plan puts there."""

from collections.abc import Iterator
from dataclasses import dataclass

from llmd_tui.presets.sizes import SystemSize, system_sizes
from llmd_tui.presets.system_pool import Demand, demands

FAMILY = "standardDSv5Family"
"""Of the sizes that are taken where nobody says one."""


@dataclass(frozen=True)
class Load:
    """All that goes there, beside what AKS puts on every node."""

    parts: tuple[Demand, ...]

    @property
    def cpu(self) -> float:
        return sum(part.cpu for part in self.parts)

    @property
    def memory_gib(self) -> float:
        return sum(part.memory_gib for part in self.parts)

    @property
    def largest(self) -> float:
        """CPUs of the largest pod: the endpoint picker, alone with its proxy."""
        return sum(part.cpu for part in self.parts if part.pod)

    def __str__(self) -> str:
        return f"for {self.cpu:g} CPU of pods"


def load(*, provider: str, monitoring: bool, multi_host: bool) -> Load:
    """`provider` is the gateway's, `standalone` without one."""
    names = ["picker", "proxy" if provider == "standalone" else "gateway", "operators"]
    names += [*(["monitoring"] if monitoring else []), *(["lws"] if multi_host else [])]
    return Load(tuple(demands()[name] for name in names))


def usual(asked: Load, nodes: int) -> SystemSize:
    """The smallest that holds it on so many nodes; the largest where none does."""
    known = sorted((size for size in system_sizes() if size.family == FAMILY), key=lambda size: size.vcpus)
    return next((size for size in known if not list(lacks(asked, size, nodes))), known[-1])


def lacks(asked: Load, size: SystemSize, nodes: int) -> Iterator[str]:
    """What does not find its place on so many nodes of a size."""
    own = demands()["aks"]
    cpu, memory = size.vcpus - own.cpu, size.memory_gib - own.memory_gib
    name = size.name.removeprefix("Standard_")
    if asked.largest > cpu:
        yield f"one pod asks for {asked.largest:g} CPU, a {name} has {cpu:g} left"
    if asked.cpu > cpu * nodes:
        yield f"{asked.cpu:g} CPU are asked for, {nodes} × {name} have {cpu * nodes:g} left"
    if asked.memory_gib > memory * nodes:
        yield f"{asked.memory_gib:g} GiB are asked for, {nodes} × {name} have {memory * nodes:g} left"
