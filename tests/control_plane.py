"""A real Kubernetes control plane on loopback for tests.

The programs come from `KUBEBUILDER_ASSETS` (the convention of controller-runtime's envtest): etcd, kube-apiserver,
kubectl, and beyond that convention kube-controller-manager, kube-scheduler and kwok, which plays the nodes.

A supervisor process (`kube/supervisor.py`) starts them. Who uses the control plane holds a connection to the
supervisor's socket; when the last one goes, however it ends, the supervisor stops everything it started. So the
workers of a parallel test run share one control plane and nothing stays behind, not even after a SIGKILL.

kwok reads ClusterLogs, ClusterExec and ClusterPortForward objects from the API server: a test that needs them creates
them for its own namespace while the control plane runs.
"""

import contextlib
import fcntl
import json
import os
import socket
import sys
import tempfile
from collections.abc import Generator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

PROGRAMS = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl", "kwok")
CRDS = Path(__file__).resolve().parents[1].parent / "shared" / "crds"
CONTEXT = "test"
_SUPERVISOR = Path(__file__).resolve().parent / "kube" / "supervisor.py"


@dataclass(frozen=True)
class Options:
    """`gpus` and `rdma` are each node's nvidia.com/gpu and rdma/ib. `crds` asks for ../shared/crds when they are there.

    `kwok` are documents of a kwok configuration; objects of their kinds are then read no more. Stages replace the
    built-in ones, by which nodes become Ready, pods Running and Ready, and Jobs' pods succeed, all at once.
    """

    nodes: int = 4
    gpus: int = 8
    rdma: int = 8
    crds: bool = True
    kwok: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True)
class ControlPlane:
    """`crds` says whether the CRDs of what we install are there. `logs` holds a file for each program."""

    kubeconfig: Path
    assets: Path
    logs: Path
    crds: bool
    context: str = CONTEXT

    def program(self, name: str) -> Path | None:
        """A program beside those of the control plane, such as helm or helm3, if it is there."""
        path = self.assets / name
        return path if path.exists() else None


class Unavailable(Exception):
    """Why there can be no control plane here."""


def assets() -> Path:
    """Where the programs are. Raises Unavailable with the reason when they are not (all) there."""
    folder = os.environ.get("KUBEBUILDER_ASSETS")
    if not folder:
        raise Unavailable("KUBEBUILDER_ASSETS is unset: no Kubernetes control plane to test against")
    missing = [name for name in PROGRAMS if not os.access(Path(folder) / name, os.X_OK)]
    if missing:
        raise Unavailable(f"KUBEBUILDER_ASSETS={folder} lacks {', '.join(missing)}")
    return Path(folder)


@contextlib.contextmanager
def control_plane(options: Options | None = None, *, share: Path | None = None) -> Generator[ControlPlane]:
    """A running control plane, about ten seconds after the first asks for it.

    Those who name the same directory in `share` get the same one (the `options` of the first of them).
    """
    programs = assets()
    with contextlib.ExitStack() as stack:
        if share is None:
            share = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="control-plane-")))
        lease = stack.enter_context(_lease(share, programs, options or Options()))
        with lease.makefile() as answer:
            started = json.loads(answer.readline() or '{"error": "the supervisor died"}')
        if "error" in started:
            raise RuntimeError(started["error"])
        state = Path(started["state"])
        yield ControlPlane(state / "kubeconfig", programs, state, started["crds"])


@contextlib.contextmanager
def _lease(share: Path, programs: Path, options: Options) -> Generator[socket.socket]:
    """A connection to the supervisor of `share`, started if there is none."""
    known = share / "supervisor"
    with (share / "lock").open("w") as lock, contextlib.closing(socket.socket(socket.AF_UNIX)) as lease:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            lease.connect(known.read_text())
        except OSError:
            state = tempfile.mkdtemp(prefix="kube-")
            with contextlib.closing(socket.socket(socket.AF_UNIX)) as listener:
                listener.bind(f"{state}/socket")
                listener.listen(64)
                _spawn(listener, state, str(programs), str(CRDS), json.dumps(asdict(options)))
            lease.connect(f"{state}/socket")
            known.write_text(f"{state}/socket")
        fcntl.flock(lock, fcntl.LOCK_UN)
        try:
            yield lease
        finally:
            lease.shutdown(socket.SHUT_WR)
            while lease.recv(4096):  # Ends at once, or for the last one when everything has stopped.
                pass


def _spawn(listener: socket.socket, *arguments: str) -> None:
    """Starts the supervisor, which outlives us, in a session of its own, with `listener` as its standard input."""
    null = [(os.POSIX_SPAWN_OPEN, fd, os.devnull, os.O_WRONLY, 0) for fd in (1, 2)]
    actions = [(os.POSIX_SPAWN_DUP2, listener.fileno(), 0), *null]
    command = [sys.executable, str(_SUPERVISOR), *arguments]
    os.posix_spawn(sys.executable, command, os.environ, file_actions=actions, setsid=True)
