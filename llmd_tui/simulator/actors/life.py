"""The life of one pod on its node, from the first look of the kubelet to the last."""

import asyncio
import random
from collections.abc import Mapping
from typing import Any

from llmd_tui.kube.connection import KubeError
from llmd_tui.kube.errors import Unreachable
from llmd_tui.objects import Object, name
from llmd_tui.presets.scenarios import Fault
from llmd_tui.simulator.actors import gates
from llmd_tui.simulator.actors.container import Container, containers_of
from llmd_tui.simulator.actors.machine import Machine
from llmd_tui.simulator.actors.meta import mapping
from llmd_tui.simulator.actors.pods import container_status
from llmd_tui.simulator.actors.podstatus import conditions_of, phase_of
from llmd_tui.simulator.actors.scripts import Script, script_of
from llmd_tui.simulator.actors.vllm import is_vllm, start_seconds
from llmd_tui.simulator.actors.world import World

_NO_RUNTIME = (
    "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to get sandbox runtime: "
    'no runtime for "{}" is configured'
)
# How often programs look again whether they may go on.
_POLL_SECONDS = 5


class Life:
    """Writes the pod's status, events and logs as time goes by. `run` never ends for pods that serve."""

    def __init__(self, world: World, machine: Machine, pod: Object) -> None:
        self.world = world
        self.machine = machine
        self.pod = pod
        self.containers = containers_of(pod["spec"])
        self.policy = str(pod["spec"].get("restartPolicy", "Always"))
        self.ip = ""
        self._began = world.now()
        self._sandbox = False

    async def run(self) -> None:
        if self._adopt():
            await asyncio.Event().wait()
        await self._sleep(0.3)
        await self.write()
        await self._make_sandbox()
        for container in self.containers:
            if container.kind == "init":
                await self._run_to_end(container)
            elif container.kind == "sidecar":
                await self._launch(container)
                await self._get_started(container)
        async with asyncio.TaskGroup() as group:
            for container in [c for c in self.containers if c.kind == "main"]:
                await self._launch(container)
                group.create_task(self._serve(container))
            for container in [c for c in self.containers if c.kind == "sidecar"]:
                group.create_task(self._get_ready(container))

    def _adopt(self) -> bool:
        """Whether all of it runs and serves already: a kubelet that starts anew leaves such pods alone."""
        for container in self.containers:
            container.adopt(container_status(self.pod, container.name))
        self.ip = str(mapping(self.pod, "status").get("podIP", ""))
        self._sandbox = bool(self.ip)
        if self.ip and all(c.ready for c in self.containers if c.kind != "init"):
            return True
        self.containers, self.ip, self._sandbox = containers_of(self.pod["spec"]), "", False
        return False

    async def stop(self) -> None:
        """Ends the containers and takes the pod away, within its grace."""
        running = [c for c in self.containers if c.running]
        for container in running:
            self._event(container, "Killing", f"Stopping container {container.name}")
        if running:
            grace = float(self.pod["spec"].get("terminationGracePeriodSeconds", 30))
            await self._sleep(min(grace, self.world.seconds("stop")))
        await self.world.delete(self.pod, grace_seconds=0)

    async def write(self) -> None:
        """The status as it is now, whatever the API server does meanwhile."""
        now = self.world.now()
        phase = phase_of(self.containers, self.policy)
        status: dict[str, Any] = {
            "phase": phase,
            "observedGeneration": self.pod["metadata"].get("generation", 1),
            "conditions": conditions_of(self.pod, self.containers, phase, now, sandbox=self._sandbox),
            "hostIP": self.machine.ip,
            "hostIPs": [{"ip": self.machine.ip}],
            "startTime": self._began,
            "containerStatuses": [c.status() for c in self.containers if c.kind == "main"],
        }
        if inits := [c.status() for c in self.containers if c.kind != "main"]:
            status["initContainerStatuses"] = inits
        if self.ip:
            status |= {"podIP": self.ip, "podIPs": [{"ip": self.ip}]}
        while True:
            try:
                self.pod = await self.world.patch(self.pod, {"status": status}, "status") or self.pod
                return
            except (KubeError, Unreachable):
                await self._sleep(1)

    async def _make_sandbox(self) -> None:
        handler = str(self.pod["spec"].get("runtimeClassName", ""))
        while not gates.sandbox(self.world, self.pod):
            self._event(None, "FailedCreatePodSandBox", _NO_RUNTIME.format(handler), warning=True)
            await self._sleep(self.world.seconds("sandbox-retry") * random.uniform(0.85, 1.15))
        await self._sleep(self.world.seconds("sandbox"))
        self.ip = self.machine.ip if self.pod["spec"].get("hostNetwork") else self.machine.new_ip()
        self._sandbox = True
        await self.write()

    async def _launch(self, container: Container) -> None:
        """Pulls the image and starts the container."""
        if self.machine.has(container.image):
            text = f'Container image "{container.image}" already present on machine and can be accessed by the pod'
            self._event(container, "Pulled", text)
        else:
            self._event(container, "Pulling", f'Pulling image "{container.image}"')
            self._event(container, "Pulled", await self.machine.pull(container.image))
        self._event(container, "Created", "Container created")
        if container.restarts:
            self.world.logs.begin(self.pod["metadata"]["namespace"], name(self.pod), container.name)
        container.start(self.world.now())
        self._event(container, "Started", "Container started")
        if container.started and self._ready_seconds(container) == 0:
            container.ready = True
        await self.write()

    async def _run_to_end(self, container: Container) -> None:
        """An init container: again until it ends well."""
        while True:
            await self._launch(container)
            code = await self._work(container)
            container.end(self.world.now(), code)
            await self.write()
            if code == 0:
                return
            if self.policy == "Never":
                await asyncio.Event().wait()
            await self._back_off(container)

    async def _serve(self, container: Container) -> None:
        """A container of the pod proper: to its end in Jobs, for ever in services, again after a crash."""
        while True:
            if self.policy == "Always":
                code = await self._stay(container)
            else:
                code = await self._work(container)
            container.end(self.world.now(), code)
            await self.write()
            if self.policy == "Never" or (code == 0 and self.policy == "OnFailure"):
                return
            await self._back_off(container)
            await self._launch(container)

    async def _back_off(self, container: Container) -> None:
        full_name = f"{name(self.pod)}_{self.pod['metadata']['namespace']}({self.pod['metadata']['uid']})"
        seconds = container.restart(full_name)
        text = f"Back-off restarting failed container {container.name} in pod {full_name}"
        self._event(container, "BackOff", text, warning=True)
        await self.write()
        await asyncio.sleep(self.world.clock.wall(seconds))

    async def _work(self, container: Container) -> int:
        """A program that ends by itself. Its exit code."""
        seconds = self.world.scenario.program(container.name).run_seconds * self.machine.factor
        script = script_of(container.spec, seconds)
        await self._pass_gate(container, script)
        if fault := self._fault(container):
            return await self._fail(container, fault)
        await self._print(container, script, seconds)
        return 0

    async def _stay(self, container: Container) -> int:
        """A program that goes on. Returns when it crashes or is killed, with its exit code."""
        fault = self._fault(container)
        if fault and fault.kind == "crash":
            return await self._fail(container, fault)
        if "startupProbe" in container.spec and not await self._get_started(container, hangs=fault is not None):
            return 137
        if fault is None:
            await self._get_ready(container)
        await asyncio.Event().wait()
        return 0

    async def _get_started(self, container: Container, *, hangs: bool = False) -> bool:
        """Until the startup probe passes; False when the kubelet has lost its patience."""
        seconds = self._start_seconds(container)
        script = script_of(container.spec, seconds)
        probe = mapping(container.spec, "startupProbe")
        if not probe:
            await self._print(container, script, 0)
            return True
        starting = asyncio.create_task(self._start(container, script, seconds, hangs=hangs))
        try:
            await self._sleep(float(probe.get("initialDelaySeconds", 0)), stretched=False)
            for _ in range(int(probe.get("failureThreshold", 3))):
                done, _ = await asyncio.wait([starting], timeout=self._wall(float(probe.get("periodSeconds", 10))))
                if done:
                    await starting
                    container.started = True
                    container.ready = self._ready_seconds(container) == 0
                    await self.write()
                    return True
                self._event(container, "Unhealthy", self._probe_failure(container, "Startup"), warning=True)
        finally:
            starting.cancel()
        text = f"Container {container.name} failed startup probe, will be restarted"
        self._event(container, "Killing", text)
        return False

    async def _start(self, container: Container, script: Script, seconds: float, *, hangs: bool) -> None:
        await self._pass_gate(container, script)
        if hangs:
            await asyncio.Event().wait()
        await self._print(container, script, seconds)

    async def _get_ready(self, container: Container) -> None:
        if not container.ready:
            await self._sleep(self._ready_seconds(container))
            container.ready = True
            await self.write()
        if "startupProbe" not in container.spec:
            effect = self.world.scenario.program(container.name).effect_seconds * self.machine.factor
            await self._print(container, script_of(container.spec, effect), effect)

    async def _pass_gate(self, container: Container, script: Script) -> None:
        while not gates.is_open(self.world, self.pod, container.spec):
            if script.waiting:
                self._log(container, script.waiting)
            await self._sleep(_POLL_SECONDS, stretched=False)

    async def _fail(self, container: Container, fault: Fault) -> int:
        await self._sleep(fault.after_seconds)
        if fault.log:
            self._log(container, fault.log)
        if fault.kind == "hang":
            await asyncio.Event().wait()
        return fault.exit_code

    async def _print(self, container: Container, script: Script, seconds: float) -> None:
        """The program's lines, each in its time, until `seconds` have passed."""
        began = self.world.clock.time()
        for share, line in script.lines:
            await self._sleep_until(began + share * seconds)
            self._log(container, line)
        await self._sleep_until(began + seconds)

    def _fault(self, container: Container) -> Fault | None:
        for fault in self.world.scenario.faults:
            here = fault.node in (None, self.machine.ordinal)
            if fault.container == container.name and here and container.restarts < (fault.times or 10**6):
                return fault
        return None

    def _start_seconds(self, container: Container) -> float:
        own = self.world.scenario.program(container.name).start_seconds
        if not own and is_vllm(container.spec):
            own = start_seconds(container.spec, self.world.scenario)
        return own * self.machine.factor

    def _ready_seconds(self, container: Container) -> float:
        """From started to ready: the scenario's word, else the readiness probe's first look."""
        said = self.world.scenario.program(container.name).ready_seconds
        probe = mapping(container.spec, "readinessProbe")
        return said if said is not None else float(probe.get("initialDelaySeconds", 0))

    def _probe_failure(self, container: Container, kind: str) -> str:
        if text := _PROBE_FAILURES.get(container.name):
            return f"{kind} probe failed: {text}"
        http: Mapping[str, Any] = mapping(container.spec, "startupProbe", "httpGet")
        port = http.get("port", 8000)
        address = f"{self.ip}:{port if isinstance(port, int) else 8000}"
        url = f"http://{address}{http.get('path', '/')}"
        return f'{kind} probe failed: Get "{url}": dial tcp {address}: connect: connection refused'

    def _log(self, container: Container, line: str) -> None:
        self.world.logs.write(self.pod["metadata"]["namespace"], name(self.pod), container.name, line)

    def _event(self, container: Container | None, reason: str, message: str, *, warning: bool = False) -> None:
        path = container.field_path if container else ""
        self.world.events.event(
            self.pod, reason, message, component="kubelet", host=self.machine.name, warning=warning, field_path=path
        )

    async def _sleep(self, seconds: float, *, stretched: bool = True) -> None:
        await self.world.clock.sleep(seconds * (self.machine.factor if stretched else 1))

    async def _sleep_until(self, moment: float) -> None:
        """By the clock: many short sleeps would add up to more than they should on a busy machine."""
        if (left := moment - self.world.clock.time()) > 0:
            await self._sleep(left, stretched=False)

    def _wall(self, seconds: float) -> float:
        return self.world.clock.wall(seconds)


_PROBE_FAILURES = {
    "mofed-container": "ls: cannot access '/run/mellanox/drivers/.driver-ready': No such file or directory\n",
    "nvidia-driver-ctr": "NVIDIA kernel module not loaded\n",
    "nvidia-peermem-ctr": "nvidia-peermem module is not loaded\n",
    "nvidia-peermem-reloader": "cat: /tmp/loaded: No such file or directory\n",
}
