"""The connection against a real control plane."""

import pytest

from llmd_tui.kube.connection import Cluster

pytestmark = pytest.mark.cluster


async def test_version(cluster: Cluster) -> None:
    assert (await cluster.version())["major"] == "1"
    assert len(await cluster.list("v1", "Node")) == 4
