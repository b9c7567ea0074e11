"""An endpoint to try: an API server that forwards to a simulated router with simulated model servers behind it."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from llmd_tui.kube.connection import Cluster
from llmd_tui.kube.store import Store
from llmd_tui.objects import Object
from llmd_tui.serving.link import Link
from llmd_tui.serving.witness import Role, Witness
from llmd_tui.simulator.actors.engine import Engine
from llmd_tui.simulator.actors.openai_api import model_server
from llmd_tui.simulator.actors.picker import router
from tests.checks.town import NAMESPACE, Still, Town, picker, reach, server, service
from tests.rollout.made import node, store

MODEL = "openai/gpt-oss-120b"
PREFILL, DECODE = {"llm-d.ai/role": "prefill"}, {"llm-d.ai/role": "decode"}
ROLES = (Role("prefill", PREFILL, 8000), Role("decode", DECODE, 8000))
Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


@dataclass
class Place:
    """`link` leads to the router; `view` is what is seen of the cluster."""

    cluster: Cluster
    view: Store
    link: Link
    witness: Witness
    engines: dict[str, Engine]


def objects() -> list[Object]:
    pods = [server(f"prefill-{n}", labels=PREFILL) for n in range(2)] + [server("decode-0", labels=DECODE)]
    return [node("gpu-0"), service(), picker(), *pods]


@asynccontextmanager
async def listening(app: web.Application | Handler) -> AsyncGenerator[int]:
    made = (
        web.AppRunner(app, shutdown_timeout=0.1)
        if isinstance(app, web.Application)
        else web.ServerRunner(web.Server(app, handler_cancellation=True))
    )
    await made.setup()
    try:
        await web.TCPSite(made, "127.0.0.1", 0).start()
        yield made.addresses[0][1]
    finally:
        await made.cleanup()


@asynccontextmanager
async def place(folder: Path, answering: web.Application | Handler | None = None) -> AsyncGenerator[Place]:
    """`answering` stands in the router's place; without it a simulated router with prefill and decode apart."""
    engines = {name: Engine(name, (MODEL,), max_model_len=4096) for name in ("prefill-0", "prefill-1", "decode-0")}

    def endpoints(role: str) -> list[Engine]:
        return [engine for name, engine in engines.items() if name.startswith(role)]

    async with AsyncExitStack() as stack:
        forwards = {
            name: await stack.enter_async_context(listening(model_server(engine))) for name, engine in engines.items()
        }
        forwards["demo-epp-0"] = await stack.enter_async_context(listening(answering or router("pool", endpoints)))
        town = Town(objects(), forwards=forwards)
        reached = await stack.enter_async_context(reach(town, folder))
        cluster, view = reached.cluster, store(*objects())
        assert cluster
        link = Link(lambda: cluster, lambda: view, Still(), (NAMESPACE, "demo-epp", 80))
        witness = Witness(lambda: cluster, lambda: view, Still(), NAMESPACE, ROLES)
        try:
            yield Place(cluster, view, link, witness, engines)
        finally:
            await link.close()
