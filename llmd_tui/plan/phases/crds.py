"""The kinds that router and gateway speak, at their pins."""

from llmd_tui.plan.actions import Manifest, Wait
from llmd_tui.plan.choice import Choice
from llmd_tui.plan.graph import Phase
from llmd_tui.plan.phases.base import phase
from llmd_tui.presets.releases import PublishedManifest


def crds(choice: Choice) -> Phase:
    published = choice.release.manifests
    wanted = [published["inference-extension"], published["router"]]
    if choice.config.gateway.provider != "standalone":
        wanted.insert(0, published["gateway-api"])
    names = [name for manifest in wanted for name in manifest.crds]
    return phase(
        "crds",
        tuple(_manifest(choice, manifest) for manifest in wanted),
        (Wait("crds-established", "the kinds to be established", {"names": names}),),
        needs=("access",),
    )


def _manifest(choice: Choice, published: PublishedManifest) -> Manifest:
    url = published.url
    if choice.config.mirror.manifests:
        # .../releases/download/v1.5.1/standard-install.yaml becomes MIRROR/gateway-api-v1.5.1-standard-install.yaml
        parts = url.split("/")
        url = f"{choice.config.mirror.manifests.rstrip('/')}/{parts[4]}-{parts[-2]}-{parts[-1]}"
    return Manifest(url, "", published.crds)
