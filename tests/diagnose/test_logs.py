"""Failures that a log tells: the line in a crash loop, another line there, the line of a pod that is well."""

import pytest

from llmd_tui.diagnose.finding import Finding
from llmd_tui.diagnose.words import gist
from llmd_tui.presets.failures import failures
from tests.diagnose.sick import HARMLESS, crashing, well

KUBE = "nvidia-driver-ctr"
MOFED = "mofed-container"
VLLM = "modelserver"

LOGS: list[tuple[str, str, str, str]] = [
    ("F-06", "driver", KUBE, "Could not resolve Linux kernel version"),
    ("F-06", "driver", KUBE, "E: Unable to locate package linux-headers-6.8.0-1099-azure"),
    ("F-07", "driver", KUBE, "Failed to update package cache. Ensure that the cluster can access the proper networks"),
    ("F-08", "driver", KUBE, "make[2]: *** [scripts/Makefile.build:243: nvidia/nv.o] Error 1"),
    ("F-10", "driver", KUBE, "Could not unload NVIDIA driver kernel modules, driver is in use"),
    ("F-10", "driver", "k8s-driver-manager", "cannot proceed until all GPU pods are drained from the node"),
    ("F-11", "driver", "k8s-driver-manager", "NVIDIA GPU driver is already pre-installed on the node, disabling"),
    ("F-13", "driver", "k8s-driver-manager", "Failed to evict GPU operator components"),
    ("F-14", "driver", KUBE, "NVRM: Xid (PCI:0001:00:00): 79, pid=1, GPU has fallen off the bus."),
    ("F-15", "driver", KUBE, "WARNING: infoROM is corrupted at gpu 0001:00:00.0"),
    ("F-16", "", VLLM, "RuntimeError: CUDA error 802: system not yet initialized"),
    ("F-31", "ofed", MOFED, "Module nvidia_peermem is used and will FAIL driver reload"),
    ("F-32", "ofed", MOFED, "Storage modules are loaded for current driver"),
    ("F-33", "ofed", MOFED, "third-party RDMA modules are loaded: mana_ib"),
    ("F-34", "ofed", MOFED, "Failed loading kernel module mlx5_ib:[FAILED]"),
    ("F-35", "ofed", MOFED, "Depends: linux-modules-extra-6.8.0-1001-azure but it is not installable"),
    ("F-36", "ofed", MOFED, "E: Unable to fetch some archives, maybe run apt-get update"),
    ("F-39", "ofed", "network-operator-init-container", "safe load requested, waiting until the node is drained"),
    ("F-42", "toolkit", "nvidia-container-toolkit-ctr", "unsupported config version: 3"),
    ("F-44", "validator", "nvidia-operator-validator", 'exec: "nvidia-smi": executable file not found in $PATH'),
    ("F-45", "", "worker", "Failed to initialize NVML: Unknown Error"),
    ("F-46", "", "worker", "Failed to initialize NVML: Driver/library version mismatch"),
    ("F-47", "", VLLM, "CUDA driver version is insufficient for CUDA runtime version"),
    ("F-56", "plugin", "nvidia-device-plugin", "No devices found. Waiting indefinitely."),
    ("F-57", "plugin", "nvidia-device-plugin", "XidCriticalError: Xid=48 on Device=GPU-1, marking device as unhealthy"),
    ("F-61", "rdma-plugin", "rdma-shared-dp", "no Rdma Devices were found for resource rdma/ib"),
    ("F-64", "driver", "nvidia-peermem-ctr", "modprobe: ERROR: could not insert 'nvidia_peermem': Invalid argument"),
    ("F-64", "driver", "nvidia-peermem-ctr", "failed to load nvidia-peermem module"),
    ("F-65", "driver", "nvidia-peermem-ctr", "disagrees about version of symbol ib_register_peer_memory_client"),
    ("F-67", "peermem", "nvidia-peermem-reloader", "modprobe: FATAL: Module nvidia-peermem not found"),
    ("F-68", "", VLLM, "ibv_reg_mr(address=0x7f, length=1) failed: Cannot allocate memory"),
    ("F-68", "", VLLM, "ibv_create_cq() failed: Cannot allocate memory : Please set max locked memory"),
    ("F-69", "", VLLM, "ibv_reg_mr(address=0x7f) failed: Bad address"),
    ("F-70", "", VLLM, "nixl error: NIXL_ERR_BACKEND"),
    ("F-71", "", VLLM, "transports 'cuda_ipc','cuda_copy' are not available, please use one or more of"),
    ("F-72", "", VLLM, "ibv_modify_qp failed with 19 No such device"),
    ("F-74", "", VLLM, "OSError: [Errno 28] No space left on device: '/dev/shm/nccl-1'"),
    ("F-75", "", VLLM, "OSError: [Errno 98] Address already in use"),
    ("F-77", "", VLLM, "Access to model meta-llama/Llama-3.3-70B-Instruct is restricted. Please log in."),
    ("F-77", "", VLLM, "huggingface_hub.errors.GatedRepoError: 403 Client Error."),
    ("F-78", "", VLLM, "HTTP Error 429 thrown while requesting HEAD https://huggingface.co/x/resolve/main/config.json"),
    ("F-79", "", VLLM, "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 1.25 GiB."),
    ("F-80", "", VLLM, "Free memory on device (1/79 GiB) on startup is less than desired GPU memory utilization"),
    ("F-81", "", VLLM, "To serve at least one request with max seq len 131072, 16 GiB is needed"),
    ("F-81", "", VLLM, "User-specified max_model_len (4096) is greater than the derived max_model_len (2048)"),
    ("F-91", "", "epp", 'no matches for kind "InferenceObjective" in version "inference.networking.x-k8s.io/v1"'),
    ("F-91", "", "epp", '{"level":"error","msg":"Failed to parse configuration"}'),
]


def one(found: tuple[Finding, ...], number: str) -> Finding:
    (finding,) = [finding for finding in found if finding.id == number]
    return finding


@pytest.mark.parametrize(("number", "role", "container", "line"), LOGS)
def test_a_line_of_a_log(number: str, role: str, container: str, line: str) -> None:
    sick = crashing(role, container, line)
    finding = one(sick.findings(), number)
    assert [seen.text for seen in finding.evidence if seen.decisive] == [gist(line)]
    assert finding.state == failures()[number].state
    assert number not in sick.with_log(HARMLESS).ids()
    assert well(sick).ids() == set()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("(EngineCore pid=135) ERROR 11-21 11:49:43 [core.py:1366] torch.OutOfMemoryError: CUDA out of memory",
         "torch.OutOfMemoryError: CUDA out of memory"),
        ("(APIServer pid=1) Cannot access gated repo", "Cannot access gated repo"),
        ('{"level":"error","msg":"Failed to parse configuration","error":"unknown field"}',
         "Failed to parse configuration: unknown field"),
        ('time="2026-11-21T10:00:00Z" level=error msg="toolkit is not \\"ready\\""', 'toolkit is not "ready"'),
        ("E1121 10:00:00.123456       1 main.go:42] failed to start", "failed to start"),
        ("{not json", "{not json"),
        ("[1, 2]", "[1, 2]"),
        ("{}", "{}"),
        ("", ""),
    ],
)  # fmt: skip
def test_the_gist_of_a_line(line: str, said: str) -> None:
    assert gist(line) == said
