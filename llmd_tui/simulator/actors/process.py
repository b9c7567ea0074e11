"""What runs in a container: what it waits for, prints and does, how it ends, and what its probes see of that."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from llmd_tui.presets.scenarios import Fault
from llmd_tui.simulator.actors import gates
from llmd_tui.simulator.actors.container import Container
from llmd_tui.simulator.actors.faults import fault_of
from llmd_tui.simulator.actors.meta import mapping
from llmd_tui.simulator.actors.scene import Scene
from llmd_tui.simulator.actors.scripts import Script, script_of
from llmd_tui.simulator.actors.vllm import is_vllm, start_seconds

# How often programs look again whether they may go on.
_POLL_SECONDS = 5
_TERMINATED = 143


class Process:
    """`changed` is called when the container has started or got ready."""

    def __init__(self, scene: Scene, container: Container, changed: Callable[[], Awaitable[None]]) -> None:
        self.scene = scene
        self.world = scene.world
        self.container = container
        self._changed = changed
        self._does = self.world.scenario.program(container.name)

    async def work(self) -> int:
        """A program that ends by itself. Its exit code."""
        seconds = self._does.run_seconds * self.scene.machine.factor
        script = script_of(self.container.spec, seconds)
        await self._pass_gate(script)
        if fault := fault_of(self.scene, self.container, "crash", "hang"):
            return await self._fail(fault, script, seconds)
        await self._print(script, seconds)
        return 0

    async def stay(self) -> int:
        """A program that goes on. Returns when it crashes or is killed, with its exit code."""
        fault = fault_of(self.scene, self.container, "crash", "hang")
        if fault and fault.kind == "crash" and fault.since == "start":
            script = script_of(self.container.spec, self.start_seconds)
            await self._pass_gate(script)
            return await self._fail(fault, script, self.start_seconds)
        hangs = fault is not None and fault.kind == "hang"
        if "startupProbe" in self.container.spec and not await self.get_started(hangs=hangs):
            return _TERMINATED
        if not hangs:
            await self.get_ready()
        if fault and fault.kind == "crash":
            return await self._fail(fault, Script(), 0)
        await asyncio.Event().wait()
        return 0

    async def get_started(self, *, hangs: bool = False) -> bool:
        """Until the startup probe passes; False when the kubelet has lost its patience."""
        seconds = self.start_seconds
        script = script_of(self.container.spec, seconds)
        probe = mapping(self.container.spec, "startupProbe")
        if not probe:
            await self._print(script, 0)
            return True
        starting = asyncio.create_task(self._start(script, seconds, hangs=hangs))
        period = self.world.clock.wall(float(probe.get("periodSeconds", 10)))
        try:
            await self.world.clock.sleep(float(probe.get("initialDelaySeconds", 0)))
            for _ in range(int(probe.get("failureThreshold", 3))):
                done, _ = await asyncio.wait([starting], timeout=period)
                if done:
                    await starting
                    self.container.started = True
                    self.container.ready = self.ready_seconds == 0
                    await self._changed()
                    return True
                self.scene.event(self.container, "Unhealthy", self._probe_failure(probe), warning=True)
        finally:
            starting.cancel()
        text = f"Container {self.container.name} failed startup probe, will be restarted"
        self.scene.event(self.container, "Killing", text)
        return False

    async def get_ready(self) -> None:
        """Until the readiness probe passes; then on, until all is said."""
        if not self.container.ready:
            await self.scene.sleep(self.ready_seconds)
            self.container.ready = True
            await self._changed()
        if "startupProbe" not in self.container.spec:
            effect = self._does.effect_seconds * self.scene.machine.factor
            await self._print(script_of(self.container.spec, effect), effect)

    @property
    def start_seconds(self) -> float:
        own = self._does.start_seconds
        if not own and is_vllm(self.container.spec):
            own = start_seconds(self.container.spec, self.world.scenario)
        return own * self.scene.machine.factor

    @property
    def ready_seconds(self) -> float:
        """From started to ready: the scenario's word, else the readiness probe's first look."""
        said = self._does.ready_seconds
        probe = mapping(self.container.spec, "readinessProbe")
        return said if said is not None else float(probe.get("initialDelaySeconds", 0))

    async def _start(self, script: Script, seconds: float, *, hangs: bool) -> None:
        await self._pass_gate(script)
        fault = fault_of(self.scene, self.container, "hang") if hangs else None
        if fault:
            await self._fail(fault, script, seconds)
        await self._print(script, seconds)

    async def _pass_gate(self, script: Script) -> None:
        while not gates.is_open(self.world, self.scene.pod, self.container.spec):
            if script.waiting:
                self.scene.log(self.container, script.waiting)
            await self.world.clock.sleep(_POLL_SECONDS)

    async def _print(self, script: Script, seconds: float) -> None:
        """The program's lines, each in its time, until `seconds` have passed."""
        began = self.world.clock.time()
        for share, line in script.lines:
            await self.scene.sleep_until(began + share * seconds)
            self.scene.log(self.container, line)
        await self.scene.sleep_until(began + seconds)

    async def _fail(self, fault: Fault, script: Script, seconds: float) -> int:
        """What the program says until then, as fast as it would; its last words; its end."""
        began, end = self.world.clock.time(), fault.after_seconds * self.scene.machine.factor
        for share, line in script.lines:
            if share * seconds > end:
                break
            await self.scene.sleep_until(began + share * seconds)
            self.scene.log(self.container, line)
        await self.scene.sleep_until(began + end)
        for line in fault.log.splitlines():
            self.scene.log(self.container, line)
        if fault.kind == "hang":
            await asyncio.Event().wait()
        return fault.exit_code

    def _probe_failure(self, probe: Mapping[str, Any]) -> str:
        if text := _PROBE_FAILURES.get(self.container.name):
            return f"Startup probe failed: {text}"
        port = mapping(probe, "httpGet").get("port", 8000)
        address = f"{self.scene.ip}:{port if isinstance(port, int) else 8000}"
        url = f"http://{address}{mapping(probe, 'httpGet').get('path', '/')}"
        return f'Startup probe failed: Get "{url}": dial tcp {address}: connect: connection refused'


_PROBE_FAILURES = {
    "mofed-container": "ls: cannot access '/run/mellanox/drivers/.driver-ready': No such file or directory\n",
    "nvidia-driver-ctr": "NVIDIA kernel module not loaded\n",
    "nvidia-peermem-ctr": "nvidia-peermem module is not loaded\n",
    "nvidia-peermem-reloader": "cat: /tmp/loaded: No such file or directory\n",
}
