"""Where a pod's life plays: its node, its clock, its events and its logs."""

from llmd_tui.objects import Object, name
from llmd_tui.simulator.actors.container import Container
from llmd_tui.simulator.actors.machine import Machine
from llmd_tui.simulator.actors.world import World


class Scene:
    """`pod` as it was last seen; `ip` its address, empty until it has one."""

    def __init__(self, world: World, machine: Machine, pod: Object) -> None:
        self.world = world
        self.machine = machine
        self.pod = pod
        self.ip = ""

    def event(self, container: Container | None, reason: str, message: str, *, warning: bool = False) -> None:
        """Of the kubelet, about the container or the pod as a whole."""
        path = container.field_path if container else ""
        self.world.events.event(
            self.pod, reason, message, component="kubelet", host=self.machine.name, warning=warning, field_path=path
        )

    def log(self, container: Container, line: str) -> None:
        self.world.logs.write(self.pod["metadata"]["namespace"], name(self.pod), container.name, line)

    async def sleep(self, seconds: float) -> None:
        """As long as it takes on this node."""
        await self.world.clock.sleep(seconds * self.machine.factor)

    async def sleep_until(self, moment: float) -> None:
        """By the clock: many short sleeps would add up to more than they should on a busy machine."""
        if (left := moment - self.world.clock.time()) > 0:
            await self.world.clock.sleep(left)
