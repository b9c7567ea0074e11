"""What a simulation leaves behind."""

from pathlib import Path

from llmd_tui.clock import Clock
from llmd_tui.kube.connection import Cluster
from llmd_tui.presets.scenarios import scenario
from llmd_tui.simulator import state
from llmd_tui.simulator.arm import Cloud
from llmd_tui.simulator.kubernetes import serve

CANARY = "hf_canary"
RELEASE = "sh.helm.release.v1.istiod.v1"


def secret(name: str, kind: str, value: str) -> dict[str, object]:
    metadata = {"name": name, "namespace": "default"}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": kind, "stringData": {"key": value}}


async def test_secrets_of_users_are_not_written(tmp_path: Path) -> None:
    clock, file, kubeconfig = Clock(), tmp_path / "simulation.json", tmp_path / "kubeconfig"
    azure = scenario("smooth").azure
    server = await serve(clock)
    server.kubeconfig(kubeconfig)
    async with await Cluster.connect(kubeconfig) as cluster:
        await cluster.create(secret("token", "Opaque", CANARY))
        await cluster.create(secret(RELEASE, "helm.sh/release.v1", "chart"))
        token, release = [(await cluster.get("v1", "Secret", name, "default"))["data"] for name in ("token", RELEASE)]
        state.save(file, clock, server, Cloud(azure, clock, kubeconfig=b""))
    await server.close()
    assert token["key"] not in file.read_text() and CANARY not in file.read_text()
    assert file.stat().st_mode & 0o077 == 0

    before = state.load(file)
    assert before is not None
    server = await serve(clock)
    server.kubeconfig(kubeconfig)
    state.restore_objects(server, before)
    async with await Cluster.connect(kubeconfig) as cluster:
        assert (await cluster.get("v1", "Secret", "token", "default"))["data"].keys() == token.keys()
        assert (await cluster.get("v1", "Secret", RELEASE, "default"))["data"] == release
    await server.close()


async def test_a_fault_that_is_over_does_not_come_again() -> None:
    """A rehearsal that failed for want of machines is taken up again, and gets them."""
    clock, azure = Clock(), scenario("no-capacity").azure
    path = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerService/managedClusters/c"
    first = Cloud(azure, clock, kubeconfig=b"")
    await first.faults.meet(first, "PUT", path, {})
    assert first.failures
    second = Cloud(azure, clock, kubeconfig=b"")
    second.restore(first.saved())
    await second.faults.meet(second, "PUT", path, {})
    assert not second.failures
