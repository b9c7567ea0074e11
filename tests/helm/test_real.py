"""Helm 3 and 4 on a real control plane."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from llmd_tui.helm import Helm, HelmError, Release
from llmd_tui.kube.connection import Cluster
from tests.control_plane import ControlPlane
from tests.helm.charts import chart

pytestmark = pytest.mark.cluster


class Tried:
    """Helm, a release `r` in a namespace of the test's own, and what helm printed."""

    def __init__(self, program: Path, kubeconfig: Path, namespace: str, folder: Path) -> None:
        self.program = program
        self.kubeconfig = kubeconfig
        self.namespace = namespace
        self.helm = Helm([str(program)], kubeconfig, "test")
        self.chart = chart(folder)
        self.lines: list[str] = []

    async def upgrade(self, **values: Any) -> None:
        await self.helm.upgrade("r", self.namespace, str(self.chart), "0.1.0", values, on_line=self.lines.append)

    async def is_current(self, **values: Any) -> bool:
        return await self.helm.is_current("r", self.namespace, str(self.chart), "0.1.0", values)

    async def release(self) -> Release | None:
        return await self.helm.release("r", self.namespace)

    async def status(self) -> str:
        release = await self.release()
        return release.status if release else "none"

    async def revision(self) -> int:
        release = await self.release()
        return release.revision if release else 0

    async def killed(self, status: str) -> None:
        """What a SIGKILL amid a hook leaves behind."""
        process = await asyncio.create_subprocess_exec(
            *(self.program, "upgrade", "r", self.chart, "--install", f"--namespace={self.namespace}"),
            *(f"--kubeconfig={self.kubeconfig}", "--set=hang=true"),
            stdout=asyncio.subprocess.DEVNULL,
        )
        await until(self.status, status)
        process.kill()
        await process.wait()


async def until(ask: Callable[[], Awaitable[str]], expected: str) -> None:
    while await ask() != expected:  # Asking helm takes a tenth of a second by itself.
        pass


@pytest.fixture(params=["helm", "helm3"])
def tried(request: pytest.FixtureRequest, control_plane: ControlPlane, namespace: str, tmp_path: Path) -> Tried:
    program = control_plane.program(request.param)
    if program is None:
        pytest.skip(f"KUBEBUILDER_ASSETS has no {request.param}")
    return Tried(program, control_plane.kubeconfig, namespace, tmp_path)


async def test_version(tried: Tried) -> None:
    major, _ = await tried.helm.version()
    assert major == (3 if tried.program.name == "helm3" else 4)


async def test_install_upgrade_uninstall(tried: Tried, cluster: Cluster) -> None:
    assert await tried.release() is None
    assert not await tried.is_current()
    await tried.upgrade(text="one", count=3, ratio=0.95, empty=None)
    assert await tried.release() == Release("r", tried.namespace, "tiny", "0.1.0", 1, "deployed")
    assert await tried.helm.values("r", tried.namespace) == {"text": "one", "count": 3, "ratio": 0.95, "empty": None}
    assert "STATUS: deployed" in tried.lines
    assert await tried.is_current(text="one", count=3, ratio=0.95, empty=None)
    assert not await tried.is_current(text="one")
    await tried.upgrade()
    assert await tried.revision() == 2
    assert (await cluster.get("v1", "ConfigMap", "r", tried.namespace))["data"] == {"text": "default"}
    assert await tried.is_current()
    await tried.helm.uninstall("r", tried.namespace, on_line=tried.lines.append)
    await tried.helm.uninstall("r", tried.namespace, on_line=tried.lines.append)
    assert await tried.release() is None


async def test_another_version_is_not_current(tried: Tried, tmp_path: Path) -> None:
    await tried.upgrade()
    newer = str(chart(tmp_path, "0.2.0"))
    assert not await tried.helm.is_current("r", tried.namespace, newer, "0.2.0", {})
    assert await tried.helm.is_current("r", tried.namespace, "oci://example.com/charts/tiny", "v0.1.0", {})
    assert not await tried.helm.is_current("r", tried.namespace, "oci://example.com/charts/other", "0.1.0", {})


async def test_makes_the_namespace(tried: Tried, cluster: Cluster) -> None:
    namespace = f"{tried.namespace}-more"
    await tried.helm.upgrade("r", namespace, str(tried.chart), "0.1.0", {}, on_line=tried.lines.append)
    assert (await cluster.get("v1", "ConfigMap", "r", namespace))["data"] == {"text": "default"}
    await cluster.delete("v1", "Namespace", namespace)


async def test_killed_install_is_repaired(tried: Tried) -> None:
    await tried.killed("pending-install")
    await tried.upgrade(text="two")
    assert await tried.is_current(text="two")
    assert any("left pending-install" in line for line in tried.lines)


async def test_killed_upgrade_is_repaired(tried: Tried) -> None:
    await tried.upgrade(text="one")
    await tried.killed("pending-upgrade")
    assert not await tried.is_current(text="one")
    await tried.upgrade(text="two")
    assert await tried.is_current(text="two")
    assert await tried.revision() == 4


async def test_cancelled_helm_leaves_nothing_stuck(tried: Tried) -> None:
    upgrading = asyncio.create_task(tried.upgrade(hang=True))
    await until(tried.status, "pending-install")
    upgrading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await upgrading
    assert await tried.status() == "failed"
    await tried.upgrade(text="two")
    assert await tried.is_current(text="two")


async def test_failure_is_told_in_helms_words(tried: Tried) -> None:
    with pytest.raises(HelmError, match=r"^helm upgrade r failed: .*99999.*`helm history r --namespace test-"):
        await tried.upgrade(mistake=True)
    assert await tried.status() == "failed"
    assert not await tried.is_current(mistake=True)
    await tried.upgrade()
    assert await tried.is_current()


async def test_unreachable_cluster(tried: Tried, unused_tcp_port: int, tmp_path: Path) -> None:
    dead = f"https://127.0.0.1:{unused_tcp_port}"
    path = tmp_path / "dead"
    path.write_text(re.sub(r"https://127\.0\.0\.1:\d+", dead, tried.kubeconfig.read_text()))
    with pytest.raises(HelmError, match=r"(?i)helm get metadata failed: kubernetes cluster unreachable: .*refused"):
        await Helm([str(tried.program)], path).release("r", "n")
