"""What the programs in containers print: short lines in their formats, with the phrases that a monitor looks for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from llmd_tui.simulator.actors.router import epp_lines
from llmd_tui.simulator.actors.vllm import is_vllm, vllm_lines


@dataclass(frozen=True)
class Script:
    """`lines` are (share of the program's time that has passed, text); `waiting` is repeated before its gate opens."""

    lines: tuple[tuple[float, str], ...] = ()
    waiting: str = ""


def script_of(container: Mapping[str, Any], seconds: float) -> Script:
    """For a container whose start, or whole run, takes so many seconds."""
    name = str(container["name"])
    if is_vllm(container):
        return Script(tuple(vllm_lines(container, seconds)))
    if name == "epp":
        return Script(tuple(epp_lines(container)))
    return _SCRIPTS.get(name) or Script(((0.0, f"{name}: started"),))


def _even(*lines: str) -> tuple[tuple[float, str], ...]:
    """Spread over the program's time."""
    return tuple((place / max(1, len(lines) - 1), line) for place, line in enumerate(lines))


_SCRIPTS: Mapping[str, Script] = {
    "network-operator-init-container": Script(
        _even("Starting network-operator-init-container", "safe load is not requested, done")
    ),
    "mofed-container": Script(
        (
            (0.00, "NVIDIA driver container exec start"),
            (0.00, "Container full version: 25.10-1.2.8.0-2"),
            (0.01, "Verifying loaded modules will not prevent future driver restart"),
            (0.02, "Executing driver sources container"),
            (0.03, "Set gcc-13 for driver compilation"),
            (0.04, "Starting driver build"),
            (0.30, "Building mlnx-ofed-kernel-modules"),
            (0.55, "Building knem-modules"),
            (0.80, "Stored driver packages at /mnt/drivers-inventory"),
            (0.84, "Attempting to unload (unutilized) module ib_core"),
            (0.90, "Unloading HCA driver:                                      [  OK  ]"),
            (0.95, "Loading HCA driver and Access Layer:                       [  OK  ]"),
            (0.98, "Current mlx5_core driver version: 25.10-1.2.8"),
            (1.00, "Setting driver ready state"),
        )
    ),
    "k8s-driver-manager": Script(
        (
            (0.0, "Performing preflight checks"),
            (0.1, "Shutting down all GPU clients on the current node by disabling their nodeSelector labels"),
            (0.4, "GPUDirectRDMA is enabled, validating MOFED driver installation"),
            (1.0, "Driver uninstallation completed successfully"),
        ),
        waiting="Waiting for MOFED to be installed...",
    ),
    "nvidia-driver-ctr": Script(
        (
            (0.00, "========== NVIDIA Software Installer =========="),
            (
                0.00,
                "Starting installation of NVIDIA driver version 580.126.20 for Linux kernel version 6.8.0-1059-azure",
            ),
            (0.02, "Updating the package cache..."),
            (0.06, "Resolving Linux kernel version..."),
            (0.07, "Proceeding with Linux kernel version 6.8.0-1059-azure"),
            (0.08, "Installing Linux kernel headers..."),
            (0.16, "Compiling NVIDIA driver kernel modules..."),
            (0.70, "Relinking NVIDIA driver kernel modules..."),
            (0.76, "Building NVIDIA driver package nvidia-modules-6.8.0-1059..."),
            (0.86, "Loading NVIDIA driver kernel modules..."),
            (0.93, "Starting NVIDIA persistence daemon..."),
            (0.95, "Starting NVIDIA fabric manager daemon..."),
            (0.97, "Mounting NVIDIA driver rootfs..."),
            (1.00, "Done, now waiting for signal"),
        )
    ),
    "nvidia-peermem-ctr": Script(
        _even("reloading nvidia-peermem", "successfully loaded nvidia-peermem module"),
        waiting="waiting for mellanox ofed and nvidia drivers to be installed",
    ),
    "nvidia-peermem-reloader": Script(((1.0, "nvidia_peermem is loaded, sleeping"),)),
    "driver-validation": Script(
        _even(
            'time="{now}" level=info msg="Driver is managed by GPU Operator. Checking driver container status"',
            'time="{now}" level=info msg="Validating additional driver component: nvidia-peermem"',
        ),
        waiting="command failed, retrying after 5 seconds",
    ),
    "toolkit-validation": Script(
        ((1.0, 'time="{now}" level=info msg="toolkit is ready"'),),
        waiting="waiting for nvidia container stack to be setup",
    ),
    "cuda-validation": Script(
        ((1.0, 'time="{now}" level=info msg="pod nvidia-cuda-validator have run successfully"'),),
        waiting='time="{now}" level=info msg="pod nvidia-cuda-validator is curently in Pending phase"',
    ),
    "plugin-validation": Script(
        ((1.0, 'time="{now}" level=info msg="GPU resources are discovered by the node"'),),
        waiting='time="{now}" level=info msg="GPU resources are not yet discovered by the node, retry: 1"',
    ),
    "nvidia-operator-validator": Script(((0.0, "all validations are successful"),)),
    "nvidia-container-toolkit-ctr": Script(
        _even(
            'time="{now}" level=info msg="Starting nvidia-toolkit"',
            'time="{now}" level=info msg="Flushing config to /runtime/config-dir.d/99-nvidia.toml"',
            'time="{now}" level=info msg="Sending SIGHUP signal to containerd"',
            'time="{now}" level=info msg="Successfully setup runtime"',
        )
    ),
    "nvidia-device-plugin": Script(
        _even("Starting GRPC server for 'nvidia.com/gpu'", "Registered device plugin for 'nvidia.com/gpu' with Kubelet")
    ),
    "nvidia-device-plugin-ctr": Script(
        _even("Starting GRPC server for 'nvidia.com/gpu'", "Registered device plugin for 'nvidia.com/gpu' with Kubelet")
    ),
    "rdma-shared-dp": Script(_even("Starting K8s RDMA Shared Device Plugin", "rdma/ib device plugin registered")),
    "kube-sriovdp": Script(
        _even("Starting SRIOV Network Device Plugin", "rdma_ib.sock device plugin registered with kubelet")
    ),
    "gpu-feature-discovery": Script(_even("Start running", "Creating Labels", "Writing labels to output file")),
    "nvidia-cuda-validator": Script(((0.0, "cuda workload validation is successful"),)),
    "worker": Script(
        (
            (0.0, "Node Feature Discovery Worker"),
            (0.5, "starting feature discovery..."),
            (1.0, "feature discovery completed"),
        )
    ),
    "master": Script(((0.0, "Node Feature Discovery Master"), (1.0, "will process all nodes in the cluster"))),
    "manager": Script(_even("starting manager", "Certificates ready", "setting up controllers", "Starting workers")),
    "discovery": Script(
        _even("istiod starting", "Adding Kubernetes registry adapter", "All caches have been synced up", "ready")
    ),
    "istio-proxy": Script(((0.5, "Envoy proxy is ready"),)),
    "envoy-proxy": Script(
        (
            (0.0, "there is no configured limit to the number of allowed active downstream connections"),
            (1.0, "starting main dispatch loop"),
        )
    ),
    "locked-memory-probe": Script(((1.0, "locked memory: ulimit -l 8192, IPC_LOCK 1"),)),
    "memlock": Script(((0.0, "containerd may lock memory without limit"),)),
}
