"""Tests of nodes and of what they offer."""

from llmd_tui.objects import Object
from llmd_tui.rollout.moment import Moment, node_ready
from llmd_tui.rollout.progress import Arguments, Progress, of, wanted_nodes
from llmd_tui.rollout.reading import condition_of, name_of, part, quantity, text
from llmd_tui.rollout.slices import devices

NOT_READY = "not Ready"


def nodes_ready(arguments: Arguments, moment: Moment) -> Progress:
    """`labels`, `count`: that many nodes with these labels are Ready. More of them may be in trouble."""
    found, _ = wanted_nodes(arguments, moment)
    wanted = int(arguments["count"])
    ready = [node for node in found if node_ready(node)]
    if len(ready) >= wanted:
        return Progress(True, f"{len(ready)} nodes Ready", (len(ready), wanted))
    lacking = [(name_of(node), unready_reason(node)) for node in found if not node_ready(node)]
    return of("node", len(ready), wanted, lacking, "Ready")


def unready_reason(node: Object) -> str:
    """The kubelet's reason, short."""
    return text(condition_of(node, "Ready").get("reason")) or NOT_READY


def allocatable(arguments: Arguments, moment: Moment) -> Progress:
    """`labels`, `resource`, `each`: every node with these labels is Ready and offers `each` or more.

    With `count`, there must be that many such nodes.
    """
    found, wanted = wanted_nodes(arguments, moment)
    resource, each = str(arguments["resource"]), float(arguments["each"])
    lacking = [(name_of(node), why) for node in found if (why := _short_of(node, resource, each))]
    return of("node", len(found) - len(lacking), wanted, lacking, f"offer {resource} {each:g}")


def _short_of(node: Object, resource: str, each: float) -> str:
    if not node_ready(node):
        return NOT_READY
    offered = quantity(part(node, "status", "allocatable").get(resource))
    if offered is None:
        return "not registered yet"
    return "" if offered >= each else f"offers {offered:g}"


def resource_slices(arguments: Arguments, moment: Moment) -> Progress:
    """`labels`, `driver`: every node with these labels is Ready and has a complete pool with devices of that driver.

    With `count`, there must be that many such nodes.
    """
    found, wanted = wanted_nodes(arguments, moment)
    published = devices(moment.view, str(arguments["driver"]))
    lacking = [
        (name_of(node), NOT_READY if not node_ready(node) else "publishes none")
        for node in found
        if not node_ready(node) or not published.get(name_of(node))
    ]
    return of("node", len(found) - len(lacking), wanted, lacking, f"publish devices of {arguments['driver']}")
