"""Starts the programs of a control plane and stops them when nobody uses it any more. See `tests/control_plane.py`."""

import contextlib
import json
import os
import select
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import yaml
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

CONTEXT = "test"
TOKEN = "test-admin"
KWOK_KINDS = ("ClusterLogs", "ClusterExec", "ClusterPortForward")


class Supervisor:
    """The processes of one control plane. `state` is their directory."""

    def __init__(self, state: Path, programs: Path, crds: Path, options: dict[str, Any]) -> None:
        self.state = state
        self.programs = programs
        self.crds = crds
        self.options = options
        self.server = ""
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.kubeconfig = state / "kubeconfig"
        self.certificates = state / "certificates"

    def start(self) -> dict[str, Any]:
        etcd, peer, api, controllers, scheduler, kubelet = _free_ports(6)
        self.server = f"https://127.0.0.1:{api}"
        key = self.state / "sa.key"
        key.write_bytes(
            rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        (self.state / "tokens.csv").write_text(f'{TOKEN},admin,admin,"system:masters"\n')
        self.launch(
            "etcd",
            f"--data-dir={self.state / 'etcd'}",
            "--unsafe-no-fsync",
            f"--listen-client-urls=http://127.0.0.1:{etcd}",
            f"--advertise-client-urls=http://127.0.0.1:{etcd}",
            f"--listen-peer-urls=http://127.0.0.1:{peer}",
        )
        self.launch(
            "kube-apiserver",
            f"--etcd-servers=http://127.0.0.1:{etcd}",
            "--bind-address=127.0.0.1",
            "--advertise-address=127.0.0.1",
            f"--secure-port={api}",
            f"--cert-dir={self.certificates}",
            "--service-account-issuer=https://kubernetes.default.svc",
            f"--service-account-key-file={key}",
            f"--service-account-signing-key-file={key}",
            f"--token-auth-file={self.state / 'tokens.csv'}",
            "--authorization-mode=RBAC",
            "--service-cluster-ip-range=10.0.0.0/16",
            "--allow-privileged=true",
            "--endpoint-reconciler-type=none",
            "--kubelet-preferred-address-types=InternalIP",
        )
        self.wait()
        authority = self.certificates / "apiserver.crt"
        self.write_kubeconfig(authority)
        common = (
            f"--kubeconfig={self.kubeconfig}",
            f"--authentication-kubeconfig={self.kubeconfig}",
            f"--authorization-kubeconfig={self.kubeconfig}",
            "--leader-elect=false",
            "--bind-address=127.0.0.1",
            f"--cert-dir={self.certificates}",
        )
        self.launch(
            "kube-controller-manager",
            *common,
            f"--secure-port={controllers}",
            "--use-service-account-credentials=true",
            f"--service-account-private-key-file={key}",
            f"--root-ca-file={authority}",
        )
        self.launch("kube-scheduler", *common, f"--secure-port={scheduler}")
        self.create(*map(_kwok_crd, KWOK_KINDS))
        crds = bool(self.options["crds"]) and self.crds.is_dir()
        if crds:
            files = sorted(self.crds.rglob("*.yaml"))
            self.create(*(obj for file in files for obj in yaml.load_all(file.read_text(), yaml.CSafeLoader) if obj))
        self.until("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", lambda crd: _is(crd, "Established"))
        self.launch("kwok", *self.kwok_arguments(kubelet, authority))
        room = {key: self.options[key] for key in ("gpus", "rdma")}
        self.create(*(_node(index, **room) for index in range(self.options["nodes"])))
        self.until("/api/v1/nodes", lambda node: _is(node, "Ready"))
        self.until("/api/v1/namespaces/default/serviceaccounts", lambda _: True, least=1)
        return {"state": str(self.state), "crds": crds}

    def kwok_arguments(self, kubelet: int, authority: Path) -> list[str]:
        configuration = self.state / "kwok.yaml"
        configured = {document["kind"] for document in self.options["kwok"]}
        configuration.write_text("\n---\n".join(json.dumps(document) for document in self.options["kwok"]))
        return [
            f"--kubeconfig={self.kubeconfig}",
            f"--config={configuration}",
            f"--enable-crds={','.join(kind for kind in KWOK_KINDS if kind not in configured)}",
            "--manage-all-nodes=true",
            "--node-lease-duration-seconds=40",
            "--cidr=10.244.0.1/16",
            "--node-ip=127.0.0.1",
            f"--node-port={kubelet}",
            f"--server-address=127.0.0.1:{kubelet}",
            f"--tls-cert-file={authority}",
            f"--tls-private-key-file={self.certificates / 'apiserver.key'}",
        ]

    def launch(self, program: str, *arguments: str) -> None:
        with (self.state / f"{program}.log").open("wb") as log:
            self.running[program] = subprocess.Popen(
                [self.programs / program, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={"PATH": os.defpath, "HOME": str(self.state)},
            )

    def check(self) -> None:
        """Raises RuntimeError with the end of its log when a program has ended."""
        for program, process in self.running.items():
            if process.poll() is not None:
                log = (self.state / f"{program}.log").read_text(errors="replace")
                raise RuntimeError(f"{program} ended with {process.returncode}:\n{log[-3000:]}")

    def request(self, method: str, path: str, body: Any = None) -> Any:
        tls = ssl.create_default_context()
        tls.check_hostname, tls.verify_mode = False, ssl.CERT_NONE
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.server + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=30, context=tls) as response:
            return response.read()

    def wait(self) -> None:
        """Until the API server says that it is ready; it waits for etcd itself."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            self.check()
            with contextlib.suppress(OSError):
                self.request("GET", "/readyz")
                return
            self.pause()
        raise RuntimeError("the API server was not ready within a minute")

    def until(self, path: str, holds: Callable[[dict[str, Any]], bool], least: int = 0) -> None:
        """Until what is at `path` is no less than `least`, and `holds` for all of it."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            items = json.loads(self.request("GET", path))["items"]
            if len(items) >= least and all(map(holds, items)):
                return
            self.check()
            self.pause()
        raise RuntimeError(f"{path} was not as it should be within a minute")

    def pause(self) -> None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.running["kube-apiserver"].wait(0.2)

    def write_kubeconfig(self, authority: Path) -> None:
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": CONTEXT,
            "clusters": [
                {"name": CONTEXT, "cluster": {"server": self.server, "certificate-authority": str(authority)}}
            ],
            "users": [{"name": "admin", "user": {"token": TOKEN}}],
            "contexts": [{"name": CONTEXT, "context": {"cluster": CONTEXT, "user": "admin"}}],
        }
        self.kubeconfig.touch(mode=0o600)
        self.kubeconfig.write_text(json.dumps(config, indent=1))

    def create(self, *objects: dict[str, Any]) -> None:
        """Plainly and several at once: with `kubectl apply` the CRDs alone would take half a minute."""

        def one(obj: dict[str, Any]) -> None:
            root = "/apis" if "/" in obj["apiVersion"] else "/api"
            kind = obj["kind"].lower()
            plural = kind.removesuffix("y") + "ies" if kind.endswith("y") else f"{kind}s"
            path = f"{root}/{obj['apiVersion']}/{plural}"
            try:
                self.request("POST", path, obj)
            except urllib.error.HTTPError as error:
                raise RuntimeError(f"{path}: {error.read().decode()}") from error

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(one, objects))

    def stop(self) -> None:
        """At once: nothing is worth saving, and an API server takes ten seconds to part from its watchers."""
        for process in self.running.values():
            process.kill()
        for process in self.running.values():
            process.wait()
        shutil.rmtree(self.state)


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def _node(index: int, gpus: int, rdma: int) -> dict[str, Any]:
    room = {"cpu": "96", "memory": "1800Gi", "ephemeral-storage": "2000Gi", "pods": "250"}
    room |= {"nvidia.com/gpu": str(gpus)} if gpus else {}
    room |= {"rdma/ib": str(rdma)} if rdma else {}
    name = f"aks-gpu-00000000-vmss{index:06d}"
    labels = {
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        "agentpool": "gpu",
        "kubernetes.azure.com/agentpool": "gpu",
        "sku": "gpu",
    }
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": labels, "annotations": {"kwok.x-k8s.io/node": "fake"}},
        "status": {"allocatable": room, "capacity": room},
    }


def _kwok_crd(kind: str) -> dict[str, Any]:
    """Enough of kwok's CRD for kwok to read its objects."""
    plural = kind.lower().removesuffix("s") + "s"
    version = {
        "name": "v1alpha1",
        "served": True,
        "storage": True,
        "subresources": {"status": {}},
        "schema": {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}},
    }
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.kwok.x-k8s.io"},
        "spec": {
            "group": "kwok.x-k8s.io",
            "scope": "Cluster",
            "names": {"kind": kind, "plural": plural},
            "versions": [version],
        },
    }


def _is(obj: dict[str, Any], condition: str) -> bool:
    conditions = obj.get("status", {}).get("conditions") or []
    return any(c["type"] == condition and c["status"] == "True" for c in conditions)


def _serve(supervisor: Supervisor, listener: socket.socket) -> None:
    """Answers everybody who connects with one line of JSON, until the last has gone."""
    leases = [listener.accept()[0]]
    try:
        answer = supervisor.start()
        leases[0].sendall(json.dumps(answer).encode() + b"\n")
        while leases:
            for ready in select.select([listener, *leases], [], [], 1)[0]:
                if ready is listener:
                    leases.append(listener.accept()[0])
                    leases[-1].sendall(json.dumps(answer).encode() + b"\n")
                elif not ready.recv(4096):
                    leases.remove(ready)
                    if leases:
                        ready.close()
            supervisor.check()
    except (RuntimeError, OSError, subprocess.SubprocessError) as error:
        for lease in leases:
            with contextlib.suppress(OSError):
                lease.sendall(json.dumps({"error": str(error)}).encode() + b"\n")
    finally:
        listener.close()
        supervisor.stop()


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    state, programs, crds, options = sys.argv[1:]
    signal.signal(signal.SIGTERM, _interrupt)
    with contextlib.closing(socket.socket(fileno=0)) as server:
        _serve(Supervisor(Path(state), Path(programs), Path(crds), json.loads(options)), server)
