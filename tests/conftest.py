"""What every test stands on: a pinned environment, and a real control plane where there is one."""

import gc
import os
import re
import signal
import time
import uuid
from collections import Counter
from collections.abc import AsyncGenerator, Generator
from contextlib import aclosing
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from llmd_tui.azure.login import forget
from llmd_tui.kube.connection import Cluster
from tests import control_plane as real
from tests.control_plane import ControlPlane
from tests.examples import THOROUGH

# How long an example takes says something about the machine, nothing about the code.
for profile, most in {"quick": THOROUGH // 4, "thorough": THOROUGH}.items():
    settings.register_profile(profile, deadline=None, max_examples=most, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("quick")

_OURS = re.compile(r"AZURE_|ARM_|HF_|LLMD_TUI_|HELM_|XDG_|LC_")
_ALSO = ("KUBECONFIG", "NO_COLOR", "FORCE_COLOR", "COLORTERM", "HUGGING_FACE_HUB_TOKEN", "LANGUAGE", "LINES")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--take-pictures", action="store_true", help="tests/snapshots keeps what the screens show now")


def pytest_collection_finish() -> None:
    """All modules are loaded: the collector need not look through them again and again, a third of a test's time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def pytest_sessionstart() -> None:
    """In the background or under nohup signals are ignored, which the programs under test would inherit."""
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Why tests were skipped, each reason once."""
    reasons = Counter(str(report.longrepr[2]) for report in terminalreporter.stats.get("skipped", ()))
    for reason, count in reasons.most_common():
        terminalreporter.write_line(f"{count} skipped: {reason.removeprefix('Skipped: ')}")


@pytest.fixture(autouse=True)
def pinned(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    """The same environment for every test on every machine: nothing of the user's, no login, 100 columns, colour."""
    for name in [name for name in os.environ if _OURS.match(name)] + list(_ALSO):
        monkeypatch.delenv(name, raising=False)
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    for name in ("CONFIG", "CACHE", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(home / name.lower()))
    # Screens of a run tune the collector for the rest of the process, which here has other tests before it.
    monkeypatch.setattr(gc, "freeze", lambda: None)
    monkeypatch.setattr(gc, "set_threshold", lambda *_: None)
    for name, value in {"TZ": "UTC", "LANG": "C.UTF-8", "TERM": "xterm-256color", "COLUMNS": "100"}.items():
        monkeypatch.setenv(name, value)
    time.tzset()
    forget()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture(scope="session")
def control_plane(tmp_path_factory: pytest.TempPathFactory) -> Generator[ControlPlane]:
    """One real control plane for the whole run, four GPU nodes and the CRDs. Others use it too: own namespaces only."""
    base = tmp_path_factory.getbasetemp()
    share = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    try:
        with real.control_plane(share=share) as started:
            yield started
    except real.Unavailable as reason:
        pytest.skip(str(reason))


@pytest.fixture
async def cluster(control_plane: ControlPlane) -> AsyncGenerator[Cluster]:
    """A connection to the control plane."""
    async with await Cluster.connect(control_plane.kubeconfig) as connected:
        yield connected


@pytest.fixture
async def namespace(cluster: Cluster) -> AsyncGenerator[str]:
    """A namespace of the test's own, deleted afterwards (that goes on in the background)."""
    name = f"test-{uuid.uuid4().hex[:8]}"
    await cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    accounts = await cluster.resource("v1", "ServiceAccount")
    async with aclosing(cluster.watch(accounts, namespace=name, resource_version="0", timeout=60)) as events:
        await anext(events)  # The account `default`: pods are refused before it is there.
    yield name
    await cluster.delete("v1", "Namespace", name)
