"""The pins of an llm-d release: everything that it was released and tested with."""

from datetime import date
from functools import cache

from llmd_tui.errors import UserError
from llmd_tui.presets.loading import Preset, names, read


class Images(Preset):
    model_server: str
    wide_ep_model_server: str
    endpoint_picker: str
    sidecar: str
    probe: str
    ulimit_adjuster: str


class PublishedManifest(Preset):
    """A manifest that a project publishes with its release, and the CRDs in it."""

    version: str
    url: str
    crds: tuple[str, ...]


class KubernetesRange(Preset):
    minimum: str
    recommended: str
    default: str


class DriverImage(Preset):
    """An image as NVIDIA's custom resources want it: in three parts."""

    image: str
    repository: str
    version: str


class Release(Preset):
    name: str
    version: str
    date: date
    router: str
    images: Images
    kubernetes: KubernetesRange
    manifests: dict[str, PublishedManifest]
    components: dict[str, str]
    ofed: DriverImage
    rdma_plugin: DriverImage


@cache
def releases() -> tuple[Release, ...]:
    """Newest first."""
    return tuple(Release.model_validate(read(f"releases/{name}.yaml")) for name in reversed(list(names("releases"))))


def release(name: str | None = None) -> Release:
    """The release of that name, or the newest. Raises UserError with the names that there are."""
    for known in releases():
        if name in (None, known.name, known.version):
            return known
    raise UserError(f"{name} is not a known llm-d release.", f"Known: {', '.join(r.name for r in releases())}.")
