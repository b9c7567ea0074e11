"""What a driver of dynamic resource allocation has published, by node."""

from collections import defaultdict

from llmd_tui.kube.store import View
from llmd_tui.objects import Object
from llmd_tui.rollout.reading import dig, listed, number, text


def devices(view: View, driver: str) -> dict[str, int]:
    """Devices by node, counting complete pools only: a pool may be spread over several ResourceSlices.

    Slices of an older generation are left-overs.
    """
    pools: dict[tuple[str, str], list[Object]] = defaultdict(list)
    for one in view.all("ResourceSlice"):
        node = text(dig(one, "spec", "nodeName"))
        if node and dig(one, "spec", "driver") == driver:
            pools[node, text(dig(one, "spec", "pool", "name"))].append(one)
    found: dict[str, int] = defaultdict(int)
    for (node, _), slices in pools.items():
        newest = max(_generation(one) for one in slices)
        current = [one for one in slices if _generation(one) == newest]
        if len(current) >= number(dig(current[0], "spec", "pool", "resourceSliceCount")):
            found[node] += sum(len(listed(dig(one, "spec", "devices"))) for one in current)
    return dict(found)


def _generation(one: Object) -> int:
    return number(dig(one, "spec", "pool", "generation"))
