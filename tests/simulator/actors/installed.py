"""Releases installed by the helm stand-in, as the run would: a process, values on stdin."""

import sys
from pathlib import Path
from typing import Any

from llmd_tui.helm import Helm
from llmd_tui.presets.components import component, merge

STAND_IN = (sys.executable, "-m", "llmd_tui.simulator.helm")


async def install(
    kubeconfig: Path, name: str, *, strategy: str = "gpu-operator", rdma: bool = True, **values: Any
) -> list[str]:
    """Installs a component's chart with its preset values; what helm printed."""
    chosen = component(name)
    given = merge(chosen.values_for(strategy, "Ubuntu2404", rdma), values)
    lines: list[str] = []
    release, namespace = chosen.release or "llmd", chosen.namespace or "serving"
    helm = Helm(STAND_IN, kubeconfig)
    await helm.upgrade(release, namespace, chosen.chart, chosen.version, given, on_line=lines.append)
    return lines
