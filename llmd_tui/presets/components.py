"""The charts that we install: pins, values by situation, and what each chart makes."""

from collections.abc import Mapping
from functools import cache
from typing import Any, Literal

from pydantic import Field

from llmd_tui.errors import UserError
from llmd_tui.presets.loading import Preset, names, read


class Container(Preset):
    name: str
    image: str
    init: bool = False
    ports: tuple[int, ...] = ()


class Workload(Preset):
    """What a chart creates and runs. `replicas` is meaningless for a DaemonSet; `hook` Jobs run before the rest."""

    kind: Literal["Deployment", "DaemonSet", "StatefulSet", "Job"]
    name: str
    containers: tuple[Container, ...]
    labels: dict[str, str] = Field(default_factory=dict[str, str])
    replicas: int = 1
    hook: bool = False
    service_ports: dict[str, int] = Field(default_factory=dict[str, int])


class CustomResource(Preset):
    """A kind that a chart or manifest defines."""

    group: str
    version: str
    kind: str
    plural: str
    namespaced: bool = True
    short_names: tuple[str, ...] = ()
    status: bool = True


class Overlay(Preset):
    """Values for one situation; an empty condition holds always."""

    strategy: tuple[str, ...] = ()
    os_sku: tuple[str, ...] = ()
    rdma: bool | None = None
    values: dict[str, Any]

    def holds(self, strategy: str, os_sku: str, rdma: bool) -> bool:
        return (
            (not self.strategy or strategy in self.strategy)
            and (not self.os_sku or os_sku in self.os_sku)
            and self.rdma in (None, rdma)
        )


class Component(Preset):
    """A chart at its pin. `namespace` is where its release goes; `privileged` namespaces are labelled so."""

    name: str
    title: str
    release: str
    chart: str
    repository: str
    version: str
    namespace: str
    privileged: bool = False
    values: dict[str, Any] = Field(default_factory=dict[str, Any])
    overlays: tuple[Overlay, ...] = ()
    workloads: tuple[Workload, ...] = ()
    objects: tuple[dict[str, Any], ...] = ()
    custom_resources: tuple[CustomResource, ...] = ()
    ready: str

    def values_for(self, strategy: str, os_sku: str, rdma: bool) -> dict[str, Any]:
        """The values for a driver strategy, an AKS OS SKU and a size with or without RDMA."""
        values = merge({}, self.values)
        for overlay in self.overlays:
            if overlay.holds(strategy, os_sku, rdma):
                values = merge(values, overlay.values)
        return values


def merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Helm's merge: mappings are merged key by key, everything else (lists too) is replaced."""
    merged: dict[str, Any] = dict(base)
    for key, value in over.items():
        old = merged.get(key)
        merged[key] = merge(old, value) if isinstance(old, Mapping) and isinstance(value, Mapping) else value  # pyright: ignore[reportUnknownArgumentType]
    return merged


@cache
def components() -> Mapping[str, Component]:
    """By name."""
    found = (Component.model_validate(read(f"components/{name}.yaml")) for name in names("components"))
    return {component.name: component for component in found}


def component(name: str) -> Component:
    """The one of that name. Raises UserError with the names that there are."""
    try:
        return components()[name]
    except KeyError:
        raise UserError(f"{name} is not a component.", f"Known: {', '.join(components())}.") from None
