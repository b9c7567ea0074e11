"""Who plays: all of a cluster on the simulator, the operators alone where real controllers and kwok play the rest."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from llmd_tui.clock import Clock
from llmd_tui.kube.connection import Cluster
from llmd_tui.presets.scenarios import Scenario
from llmd_tui.simulator.actors.cloud_provider import LoadBalancers, Volumes
from llmd_tui.simulator.actors.controller import Controller
from llmd_tui.simulator.actors.daemonsets import DaemonSets
from llmd_tui.simulator.actors.deployments import Deployments
from llmd_tui.simulator.actors.dranet import Dranet
from llmd_tui.simulator.actors.finishers import Finishers
from llmd_tui.simulator.actors.gateways import Gateways
from llmd_tui.simulator.actors.gpu_operator import GpuOperator
from llmd_tui.simulator.actors.jobs import Jobs
from llmd_tui.simulator.actors.kubelet import Kubelets
from llmd_tui.simulator.actors.lws import LeaderWorkerSets
from llmd_tui.simulator.actors.network_operator import NetworkOperator
from llmd_tui.simulator.actors.nfd import NfdMaster, NfdWorkers
from llmd_tui.simulator.actors.plugins import DevicePlugins
from llmd_tui.simulator.actors.podgc import PodCollector
from llmd_tui.simulator.actors.replicasets import ReplicaSets
from llmd_tui.simulator.actors.scheduler import Scheduler
from llmd_tui.simulator.actors.serving import Serving
from llmd_tui.simulator.actors.statefulsets import StatefulSets
from llmd_tui.simulator.actors.validators import CudaValidators
from llmd_tui.simulator.actors.world import World

OPERATORS: tuple[type[Controller], ...] = (
    NfdWorkers,
    NfdMaster,
    NetworkOperator,
    GpuOperator,
    CudaValidators,
    DevicePlugins,
    Dranet,
    LeaderWorkerSets,
    Gateways,
)
CLUSTER: tuple[type[Controller], ...] = (
    Scheduler,
    DaemonSets,
    Deployments,
    ReplicaSets,
    StatefulSets,
    Jobs,
    Kubelets,
    PodCollector,
    LoadBalancers,
    Volumes,
    Serving,
)


@asynccontextmanager
async def playing(
    cluster: Cluster, clock: Clock, scenario: Scenario, *, operators_only: bool = False
) -> AsyncGenerator[World]:
    """Plays for as long as the context lasts.

    `operators_only`: another control plane has its own controllers, scheduler and kubelets.
    """
    world = World(cluster, clock, scenario)
    actors = [actor(world) for actor in (*OPERATORS, *((Finishers,) if operators_only else CLUSTER))]
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(world.run()), *(group.create_task(actor.run()) for actor in actors)]
        try:
            yield world
        finally:
            for task in tasks:
                task.cancel()
