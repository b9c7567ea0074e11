"""Records what the real Azure CLI sends for the commands that our plans show: python -m tests.azure.record AZ

AZ is the path of `az`, in an environment of its own (`pip install azure-cli`). Writes tests/azure/recorded/cli.json.
"""

import asyncio
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from llmd_tui.clock import Clock
from llmd_tui.presets.scenarios import Quota
from llmd_tui.simulator.arm import Cloud, serve
from tests.azure.az import Az
from tests.azure.cloud import KUBECONFIG, azure, put_cluster
from tests.azure.variants import VARIANTS, requests, write_key

RECORDED = Path(__file__).parent / "recorded" / "cli.json"
SEEDS = {
    "seed: cluster": "az aks create --resource-group llmd --name llmd --location eastus2 "
    "--node-vm-size Standard_D2s_v3 --node-count 1 --ssh-key-value ~/id_rsa.pub",
    "seed: driver none": "az aks nodepool add --resource-group llmd --cluster-name llmd --name gpu --node-count 1 "
    "--node-vm-size Standard_ND96isr_H100_v5 --gpu-driver none --labels sku=gpu",
    "seed: os and driver": "az aks nodepool add --resource-group llmd --cluster-name llmd --name gpu --node-count 1 "
    "--node-vm-size Standard_ND96isr_H100_v5 --os-sku Ubuntu --gpu-driver install --labels sku=gpu",
    "seed: autoscaler": "az aks nodepool add --resource-group llmd --cluster-name llmd --name gpu --node-count 1 "
    "--node-vm-size Standard_ND96isr_H100_v5 --gpu-driver none --enable-cluster-autoscaler --min-count 0 --max-count 4",
}


async def record(az: str) -> dict[str, Any]:
    """What each command changes, by the command; with the CLI's version."""
    home = Path(tempfile.mkdtemp(prefix="az-"))
    try:
        write_key(home)
        version = Az(az, "http://127.0.0.1:1", str(home)).run("version")["azure-cli"]
        commands = [tuple(command.split()) for command in SEEDS.values()]
        for variant in VARIANTS:
            commands += [request.command for request in requests(variant)]
        made: dict[str, Any] = {}
        for command in dict.fromkeys(commands):
            made[" ".join(command)] = await _sent(az, home, command)
            sys.stderr.write(f"{' '.join(command)}\n")
        return {"azure-cli": version, "sent": made}
    finally:
        shutil.rmtree(home)


async def _sent(az: str, home: Path, command: tuple[str, ...]) -> list[dict[str, Any]]:
    """The changing requests of one command, in an Azure where what it needs exists."""
    clock = Clock(speed=60_000)
    cloud = Cloud(azure(), clock, kubeconfig=KUBECONFIG)
    seen: list[Mapping[str, Any]] = []
    server = await serve(clock, cloud, record=seen.append)
    try:
        prepare(cloud, command)
        cli = Az(az, server.url, str(home))
        waits = "create" in command[2:] or "add" in command
        more = ("--no-wait",) if waits and "aks" in command else ()
        if command[1] == "rest":
            # It gives its login to https alone.
            more = ("--headers", "Authorization=Bearer simulator")
        await asyncio.to_thread(cli.run, *command[1:], *more)
    finally:
        await server.close()
    return [
        {
            "method": entry["method"],
            "path": entry["path"],
            "query": {key: value for key, value in entry["query"].items() if key != "api-version"},
            "body": entry["body"],
        }
        for entry in seen
        if entry["method"] in ("PUT", "POST", "PATCH", "DELETE")
    ]


def prepare(cloud: Cloud, command: tuple[str, ...]) -> None:
    """The group, and the cluster for what needs one."""
    from llmd_tui.simulator.arm.cloud import Cluster
    from llmd_tui.simulator.arm.shapes import cluster_resource, pool_properties, pool_resource

    for region in cloud.azure.regions.values():
        region.quota.update(dict.fromkeys([*region.quota, "standardDSv3Family"], Quota(limit=10_000)))
    named = dict(pairwise(command))
    if command[:2] == ("az", "rest"):
        cloud.register("Microsoft.ContainerService/ManagedGPUExperiencePreview", "feature")
        named = {"--resource-group": "llmd", "--cluster-name": "llmd"}
    group, cluster = named.get("--resource-group"), named.get("--cluster-name") or named.get("--name")
    if group is None:
        return
    cloud.groups[group.lower()] = {"name": group, "location": "eastus2", "properties": {}}
    if "create" in command or cluster is None:
        return
    made = Cluster(cluster_resource(cloud, group, cluster, dict(put_cluster().body or {})), {})
    own = pool_properties(cloud, "eastus2", {"vmSize": "Standard_D8s_v5", "mode": "System"}, "1.35.6")
    made.pools["system"] = pool_resource(made, "system", {**own, "provisioningState": "Succeeded"})
    made.resource["properties"]["provisioningState"] = "Succeeded"
    cloud.clusters[group.lower(), cluster.lower()] = made


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        os.environ["HOME"] = home
        write_key(Path(home))
        RECORDED.write_text(json.dumps(asyncio.run(record(sys.argv[1])), indent=1) + "\n")


if __name__ == "__main__":
    main()
