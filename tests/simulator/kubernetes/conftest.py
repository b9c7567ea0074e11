"""Two servers for the same tests: the simulator, and the real kube-apiserver where there is one."""

import uuid
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from llmd_tui.clock import Clock
from llmd_tui.simulator.kubernetes import serve
from tests.control_plane import ControlPlane
from tests.simulator.kubernetes.api import Api


@asynccontextmanager
async def _simulated(folder: Path) -> AsyncGenerator[Api]:
    server = await serve(Clock())
    server.kubeconfig(folder / "kubeconfig")
    try:
        async with Api("simulator", folder / "kubeconfig") as api:
            yield api
    finally:
        await server.close()


@pytest.fixture
async def simulator(tmp_path: Path) -> AsyncGenerator[Api]:
    async with _simulated(tmp_path) as api:
        yield api


@pytest.fixture(params=["simulator", pytest.param("real", marks=pytest.mark.cluster)])
async def api(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[Api]:
    """Each test runs against both. On the real one, controllers and kwok's kubelets are at work beside it."""
    if request.param == "simulator":
        async with _simulated(tmp_path) as api:
            yield api
    else:
        control_plane: ControlPlane = request.getfixturevalue("control_plane")
        async with Api("real", control_plane.kubeconfig) as api:
            yield api


@pytest.fixture
async def ns(api: Api) -> AsyncGenerator[str]:
    """The path of a namespace of the test's own: `/api/v1/namespaces/test-...`."""
    path = f"/api/v1/namespaces/test-{uuid.uuid4().hex[:8]}"
    await api.post("/api/v1/namespaces", {"metadata": {"name": path.rpartition("/")[2]}})
    for content in ("serviceaccounts/default", "configmaps/kube-root-ca.crt"):
        await api.until(f"{path}/{content}", lambda answer: answer.code == 200)
    yield path
    await api.call("DELETE", path)
