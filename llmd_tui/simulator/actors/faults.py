"""Which of a scenario's faults strikes a container at this moment."""

from llmd_tui.presets.scenarios import Fault
from llmd_tui.simulator.actors.container import Container
from llmd_tui.simulator.actors.scene import Scene


def fault_of(scene: Scene, container: Container, *kinds: str, before: int | None = None) -> Fault | None:
    """`before` is how often it was struck already; without it, how often the container was restarted."""
    for fault in scene.world.scenario.faults:
        if fault.kind not in kinds or fault.container != container.name:
            continue
        if fault.node not in (None, scene.machine.ordinal):
            continue
        again = container.restarts if before is None else before
        if (fault.times is None or again < fault.times) and _early(fault, scene):
            return fault
    return None


def _early(fault: Fault, scene: Scene) -> bool:
    """Whether the pod is among the first on its node."""
    if fault.pods is None:
        return True
    uid = scene.pod["metadata"]["uid"]
    struck = scene.world.struck.setdefault((fault, scene.machine.name), [])
    if uid not in struck:
        struck.append(uid)
    return struck.index(uid) < fault.pods
