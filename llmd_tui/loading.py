"""Imports that take long, without holding up the event loop."""

import asyncio
import importlib
import threading

_one_at_a_time = threading.Lock()
"""Two threads that import packages which need each other may see one of them half made."""


async def load(*modules: str) -> None:
    """Imports in a thread: the Azure SDK takes half a second, the Kubernetes one as long."""
    for module in modules:
        await asyncio.to_thread(_load, module)


def _load(module: str) -> None:
    with _one_at_a_time:
        importlib.import_module(module)
