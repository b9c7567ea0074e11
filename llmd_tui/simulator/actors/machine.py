"""A node as its kubelet sees it: pace, addresses, images."""

import asyncio
import re
from contextlib import suppress
from typing import Any

from llmd_tui.kube.connection import KubeError
from llmd_tui.kube.errors import Unreachable
from llmd_tui.objects import Object, name
from llmd_tui.simulator.actors.meta import rows
from llmd_tui.simulator.actors.world import World

_ORDINAL = re.compile(r"([0-9a-z]{6})$")


class Machine:
    """`ordinal` is the node's place in its pool, which sets its pace; `ip` its address in the cluster's network."""

    def __init__(self, world: World, node: Object, number: int) -> None:
        self.world = world
        self.name = name(node)
        self.ordinal = ordinal(node)
        self.factor = world.scenario.factor(self.ordinal)
        addresses: dict[str, str] = {entry["type"]: entry["address"] for entry in rows(node, "status", "addresses")}
        self.ip = addresses.get("InternalIP", f"10.224.0.{number + 4}")
        self._network = f"10.244.{number}"
        self._last_ip = 1
        listed = rows(node, "status", "images")
        self._images: dict[str, int] = {entry["names"][0]: int(entry["sizeBytes"]) for entry in listed}
        self._pulls: dict[str, asyncio.Task[None]] = {}

    def new_ip(self) -> str:
        self._last_ip = self._last_ip % 250 + 2
        return f"{self._network}.{self._last_ip}"

    def has(self, image: str) -> bool:
        return image in self._images

    async def pull(self, image: str) -> str:
        """Fetches an image, together with everybody who waits for the same one; what the kubelet says then."""
        began = self.world.clock.time()
        if image not in self._pulls:
            self._pulls[image] = asyncio.create_task(self._fetch(image))
        await asyncio.shield(self._pulls[image])
        seconds = self.world.clock.time() - began
        size = self._images[image]
        took = f"{seconds:.3f}s" if seconds < 60 else f"{int(seconds // 60)}m{seconds % 60:.3f}s"
        return f'Successfully pulled image "{image}" in {took} ({took} including waiting). Image size: {size} bytes.'

    async def _fetch(self, image: str) -> None:
        known = self.world.scenario.image(image)
        await self.world.clock.sleep(known.pull_seconds * self.factor)
        self._images[image] = known.megabytes * 1_000_000 + sum(image.encode())
        # A report that does not arrive is made good by the next one.
        with suppress(KubeError, Unreachable):
            await self._report()

    def stop(self) -> None:
        """The node goes down in the middle of whatever it does."""
        for pull in self._pulls.values():
            pull.cancel()

    async def _report(self) -> None:
        """The node's status lists its images, largest first."""
        node = self.world.cache.get("Node", self.name)
        if node is not None:
            by_size = sorted(self._images.items(), key=lambda entry: -entry[1])
            images: list[dict[str, Any]] = [{"names": [image], "sizeBytes": size} for image, size in by_size[:50]]
            await self.world.status(node, {"images": images})


def ordinal(node: Object) -> int:
    """The end of an AKS node's name, which counts in base 36; 0 for other names."""
    found = _ORDINAL.search(name(node))
    return int(found[1], 36) if found and "vmss" in name(node) else 0
