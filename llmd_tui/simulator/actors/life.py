"""The life of one pod on its node, from the first look of the kubelet to the last."""

import asyncio
import random
from typing import Any

from llmd_tui.kube.connection import KubeError
from llmd_tui.kube.errors import Unreachable
from llmd_tui.objects import Object, name
from llmd_tui.simulator.actors import gates
from llmd_tui.simulator.actors.container import Container, containers_of
from llmd_tui.simulator.actors.faults import fault_of
from llmd_tui.simulator.actors.machine import Machine
from llmd_tui.simulator.actors.meta import mapping
from llmd_tui.simulator.actors.pods import container_status
from llmd_tui.simulator.actors.podstatus import conditions_of, phase_of
from llmd_tui.simulator.actors.process import Process
from llmd_tui.simulator.actors.scene import Scene
from llmd_tui.simulator.actors.world import World

_NO_RUNTIME = (
    "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to get sandbox runtime: "
    'no runtime for "{}" is configured'
)

_PULL_PAUSE = 10
"""Seconds until the kubelet holds back from an image that it could not pull; longer each time."""


class Life:
    """Writes the pod's status as time goes by. `run` never ends for pods that serve."""

    def __init__(self, world: World, machine: Machine, pod: Object) -> None:
        self.world = world
        self.machine = machine
        self.scene = Scene(world, machine, pod)
        self.containers = containers_of(pod["spec"])
        self.policy = str(pod["spec"].get("restartPolicy", "Always"))
        self._began = world.now()
        self._sandbox = False

    @property
    def pod(self) -> Object:
        return self.scene.pod

    async def run(self) -> None:
        if self._adopt():
            await asyncio.Event().wait()
        await self.scene.sleep(0.3)
        await self.write()
        await self._make_sandbox()
        for container in self.containers:
            if container.kind == "init":
                await self._run_to_end(container)
            elif container.kind == "sidecar":
                await self._launch(container)
                await self._process(container).get_started()
        async with asyncio.TaskGroup() as group:
            for container in [c for c in self.containers if c.kind == "main"]:
                await self._launch(container)
                group.create_task(self._serve(container))
            for container in [c for c in self.containers if c.kind == "sidecar"]:
                group.create_task(self._process(container).get_ready())

    def _process(self, container: Container) -> Process:
        return Process(self.scene, container, self.write)

    def _adopt(self) -> bool:
        """Whether all of it runs and serves already: a kubelet that starts anew leaves such pods alone."""
        found = containers_of(self.pod["spec"])
        for container in found:
            container.adopt(container_status(self.pod, container.name))
        ip = str(mapping(self.pod, "status").get("podIP", ""))
        if not ip or not all(container.ready for container in found if container.kind != "init"):
            return False
        self.containers, self.scene.ip, self._sandbox = found, ip, True
        return True

    async def stop(self) -> None:
        """Ends the containers and takes the pod away, within its grace."""
        running = [c for c in self.containers if c.running]
        for container in running:
            self.scene.event(container, "Killing", f"Stopping container {container.name}")
        if running:
            grace = float(self.pod["spec"].get("terminationGracePeriodSeconds", 30))
            await self.scene.sleep(min(grace, self.world.seconds("stop")))
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
        if self.scene.ip:
            status |= {"podIP": self.scene.ip, "podIPs": [{"ip": self.scene.ip}]}
        while True:
            try:
                self.scene.pod = await self.world.patch(self.pod, {"status": status}, "status") or self.pod
                return
            except (KubeError, Unreachable):
                await self.scene.sleep(1)

    async def _make_sandbox(self) -> None:
        handler = str(self.pod["spec"].get("runtimeClassName", ""))
        while not gates.sandbox(self.world, self.pod):
            self.scene.event(None, "FailedCreatePodSandBox", _NO_RUNTIME.format(handler), warning=True)
            await self.scene.sleep(self.world.seconds("sandbox-retry") * random.uniform(0.85, 1.15))
        await self.scene.sleep(self.world.seconds("sandbox"))
        self.scene.ip = self.machine.ip if self.pod["spec"].get("hostNetwork") else self.machine.new_ip()
        self._sandbox = True
        await self.write()

    async def _launch(self, container: Container) -> None:
        """Pulls the image and starts the container."""
        if self.machine.has(container.image):
            text = f'Container image "{container.image}" already present on machine and can be accessed by the pod'
            self.scene.event(container, "Pulled", text)
        else:
            await self._fail_to_pull(container)
            self.scene.event(container, "Pulling", f'Pulling image "{container.image}"')
            self.scene.event(container, "Pulled", await self.machine.pull(container.image))
        self.scene.event(container, "Created", "Container created")
        if container.restarts:
            self.world.logs.begin(self.pod["metadata"]["namespace"], name(self.pod), container.name)
        container.start(self.world.now())
        self.scene.event(container, "Started", "Container started")
        container.ready = container.started and self._process(container).ready_seconds == 0
        await self.write()

    async def _fail_to_pull(self, container: Container) -> None:
        """As often as a fault says, in the kubelet's words."""
        tries = 0
        while fault := fault_of(self.scene, container, "pull", before=tries):
            self.scene.event(container, "Pulling", f'Pulling image "{container.image}"')
            await self.scene.sleep(fault.after_seconds)
            said = f'failed to pull and unpack image "{container.image}": {fault.log}'
            self.scene.event(container, "Failed", f'Failed to pull image "{container.image}": {said}', warning=True)
            self.scene.event(container, "Failed", "Error: ErrImagePull", warning=True)
            container.wait("ErrImagePull", said)
            await self.write()
            await self.world.clock.sleep(_PULL_PAUSE)
            back_off = f'Back-off pulling image "{container.image}"'
            self.scene.event(container, "BackOff", back_off, warning=True)
            container.wait("ImagePullBackOff", f"{back_off}: ErrImagePull: {said}")
            await self.write()
            await self.world.clock.sleep(min(_PULL_PAUSE * 2**tries, 300))
            tries += 1

    async def _run_to_end(self, container: Container) -> None:
        """An init container: again until it ends well."""
        while True:
            await self._launch(container)
            code = await self._process(container).work()
            container.end(self.world.now(), code)
            await self.write()
            if code == 0:
                return
            if self.policy == "Never":
                await asyncio.Event().wait()
            await self._back_off(container)

    async def _serve(self, container: Container) -> None:
        """A container of the pod proper: to its end in Jobs, for ever in services, again after a crash."""
        process = self._process(container)
        while True:
            code = await (process.stay() if self.policy == "Always" else process.work())
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
        self.scene.event(container, "BackOff", text, warning=True)
        await self.write()
        await self.world.clock.sleep(seconds)
