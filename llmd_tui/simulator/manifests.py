"""Copies of the manifests that other projects publish: their kinds without the schemas."""

from collections.abc import Iterable
from pathlib import Path

import yaml

from llmd_tui.objects import Object
from llmd_tui.presets.components import CustomResource
from llmd_tui.presets.releases import releases
from llmd_tui.simulator.chart_crds import crd

# By the CRD's name: version, kind, whether it is namespaced. What a release's manifests hold says their names alone.
_KINDS = {
    "gatewayclasses.gateway.networking.k8s.io": ("v1", "GatewayClass", False),
    "gateways.gateway.networking.k8s.io": ("v1", "Gateway", True),
    "httproutes.gateway.networking.k8s.io": ("v1", "HTTPRoute", True),
    "grpcroutes.gateway.networking.k8s.io": ("v1", "GRPCRoute", True),
    "referencegrants.gateway.networking.k8s.io": ("v1", "ReferenceGrant", True),
    "inferencepools.inference.networking.k8s.io": ("v1", "InferencePool", True),
    "inferenceobjectives.llm-d.ai": ("v1alpha2", "InferenceObjective", True),
    "inferencemodelrewrites.llm-d.ai": ("v1alpha2", "InferenceModelRewrite", True),
}


def write_manifests(directory: Path) -> None:
    """One file for each, named VERSION-FILE as in its URL."""
    directory.mkdir(parents=True, exist_ok=True)
    for release in releases():
        for manifest in release.manifests.values():
            name = "-".join(manifest.url.rsplit("/", 2)[1:])
            (directory / name).write_text(yaml.safe_dump_all(crds(manifest.crds), sort_keys=False))


def crds(names: Iterable[str]) -> list[Object]:
    """The kinds of these names, without schemas."""
    made: list[Object] = []
    for name in names:
        plural, _, group = name.partition(".")
        version, kind, namespaced = _KINDS[name]
        made.append(crd(CustomResource(group=group, version=version, kind=kind, plural=plural, namespaced=namespaced)))
    return made
