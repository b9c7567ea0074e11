"""A plan carried out on the stage, without the engine that does it for users."""

import asyncio
from collections.abc import Mapping
from typing import Any

from llmd_tui.config.model import Config
from llmd_tui.plan.actions import Action, Apply, Helm, Manifest, Wait
from llmd_tui.plan.graph import Phase, Plan
from llmd_tui.plan.make import make_plan
from llmd_tui.presets.components import component
from llmd_tui.rollout.waits import judge
from llmd_tui.run.kinds import watched
from llmd_tui.simulator import charts, manifests
from tests.simulator.actors.installed import create
from tests.simulator.actors.theatre import Theatre


def plan_for(size: str, drivers: str, path: str, gateway: str, nodes: int) -> Plan:
    said: Mapping[str, Any] = {
        "target": {"kubeconfig": {"context": "llmd"}},
        "pool": {"size": size, "nodes": nodes, "osSku": "Ubuntu2404"},
        "drivers": drivers,
        "path": {"name": path},
        "gateway": {"provider": gateway, "expose": "cluster"},
        "huggingFaceToken": "env:HF_TOKEN",
    }
    return make_plan(Config.model_validate(said))


async def carry_out(stage: Theatre, plan: Plan) -> None:
    """All phases, each as soon as it may; ends when everything that they wait for is true at once."""
    stage.watch(*((watch.api_version, watch.kind) for watch in watched(plan)))
    phases: dict[str, asyncio.Task[None]] = {}

    async def play(phase: Phase) -> None:
        await asyncio.gather(*(phases[name] for name in phase.predecessors if name in phases))
        for action in (*phase.actions, *phase.done):
            await _do(stage, action)

    async with asyncio.TaskGroup() as group:
        for phase in plan.phases:
            phases[phase.name] = group.create_task(play(phase), name=phase.name)
    for phase in plan.phases:
        for wait in phase.done:
            await _do(stage, wait)


async def _do(stage: Theatre, action: Action) -> None:
    match action:
        case Helm():
            chosen = component(action.component)
            objects = charts.objects(chosen, action.release, action.namespace, action.values)
            space = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": action.namespace}}
            await create(stage.cluster, [space, *charts.chart(chosen).crds, *objects])
        case Apply():
            for obj in action.objects:
                await stage.cluster.apply(obj)
        case Manifest():
            await create(stage.cluster, manifests.crds(action.crds))
        case Wait():
            await stage.until(
                action.what, lambda view: judge(action.test, action.arguments, view, stage.clock.now()).done
            )
        case _:
            pass
