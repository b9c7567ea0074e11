"""The model servers' objects: what they ask for fits the nodes, and what a path needs is in them."""

import json
from dataclasses import replace

import pytest
import yaml
from hypothesis import given, settings

from llmd_tui.objects import Object
from llmd_tui.plan.serving.layout import Overrides
from llmd_tui.plan.serving.manifests import manifests, pod_monitors
from llmd_tui.plan.serving.request import ServingRequest
from llmd_tui.plan.serving.roles import Storage
from llmd_tui.plan.serving.router import router_values
from tests.examples import examples
from tests.serving.wishes import (
    H100,
    H200,
    asked_by,
    containers_of,
    number,
    pod_of,
    pods_of,
    request,
    requests,
    wish,
)

WORKLOADS = ("Deployment", "LeaderWorkerSet")
PD = wish("pd-disaggregation", H100)


def workloads(asked: ServingRequest) -> dict[str, Object]:
    """By role."""
    found = [obj for obj in manifests(asked) if obj["kind"] in WORKLOADS]
    return {obj["metadata"]["labels"]["llm-d.ai/role"]: obj for obj in found}


def server(workload: Object) -> Object:
    return pod_of(workload)["containers"][0]


@given(requests())
@settings(max_examples=examples(150))
def test_what_the_pods_ask_for_fits_the_nodes(asked: ServingRequest) -> None:
    """As the placement has it, and with what AKS, the operators and the router take still free."""
    made, by_role = asked.layout, workloads(asked)
    assert {role: pods_of(obj) for role, obj in by_role.items()} == {role.role: role.pods for role in made.roles}
    totals = {role: asked_by(pod_of(obj)) for role, obj in by_role.items()}
    for role in made.roles:
        total = totals[role.role]
        assert total["nvidia.com/gpu"] == role.gpus
        assert (total["cpu"], total["memory"]) == pytest.approx((role.asks.cpu, role.asks.memory_gib))
        assert total.get("rdma/ib", 0) == (role.asks.rdma if asked.rdma == "shared-device" else 0)
        assert total["ephemeral-storage"] == pytest.approx(role.asks.disk_gib)
        assert total["cpu"] >= 1 and total["memory"] >= 8
    for node in made.placement:
        gpus = sum(totals[role]["nvidia.com/gpu"] * count for role, count in node.pods.items())
        assert gpus <= made.gpus
        assert sum(totals[role].get("rdma/ib", 0) * count for role, count in node.pods.items()) <= 8


@given(requests())
@settings(max_examples=examples(100))
def test_every_pod_is_sound(asked: ServingRequest) -> None:
    for role in asked.layout.roles:
        obj = workloads(asked)[role.role]
        pod = pod_of(obj)
        containers = containers_of(pod)
        for container in containers:
            names = [variable["name"] for variable in container.get("env", [])]
            assert len(names) == len(set(names)), "server-side apply refuses doubles"
            for name, quantity in container["resources"].get("limits", {}).items():
                assert number(quantity) >= number(container["resources"]["requests"].get(name, "0"))
        ports = [port["containerPort"] for container in containers for port in container["ports"]]
        assert len(ports) == len(set(ports))
        assert set(asked.path.router.target_ports) <= set(ports)
        named = [port["name"] for container in containers for port in container["ports"]]
        assert len(named) == len(set(named)) and all(len(name) <= 15 for name in named)
        mounts = [mount["name"] for mount in containers[-1]["volumeMounts"]]
        assert sorted(mounts) == sorted(volume["name"] for volume in pod["volumes"])
        arguments = containers[-1]["args"]
        flags = [text.partition("=")[0] for text in arguments if text.startswith("--")]
        assert len(flags) == len(set(flags))
        assert any(text.startswith("--max-model-len=") for text in arguments) == asked.layout.limits_context
        assert f"--tensor-parallel-size={role.tensor_parallel}" in arguments
        assert asked.model.name in arguments
        assert not any("{" in text and not text.startswith(("{", "find")) for text in arguments), "all filled in"
        assert pod["nodeSelector"] == {"sku": "gpu"}
        assert pod["tolerations"] == list(asked.tolerations)
        assert obj["metadata"]["labels"]["app.kubernetes.io/managed-by"] == "llmd-tui"
        assert role.labels.items() <= obj["metadata"]["labels"].items()
        assert all(len(value) <= 63 for value in obj["metadata"]["labels"].values())


@given(requests())
@settings(max_examples=examples(50))
def test_objects_are_plain_json_and_ours(asked: ServingRequest) -> None:
    objects = manifests(asked) + pod_monitors(asked)
    assert json.loads(json.dumps(objects)) == objects
    assert "&id" not in yaml.safe_dump([objects, router_values(asked)]), "nothing shared: YAML needs no anchors"
    for obj in objects:
        assert obj["metadata"]["namespace"] == asked.namespace
        assert obj["metadata"]["labels"]["app.kubernetes.io/managed-by"] == "llmd-tui"
    keys = [(obj["kind"], obj["metadata"]["name"]) for obj in objects]
    assert len(keys) == len(set(keys))


def test_the_larger_pods_are_applied_first() -> None:
    assert [obj["metadata"]["name"] for obj in manifests(request(PD))] == [
        "pd-disaggregation-nvidia-gpu-vllm-decode",
        "pd-disaggregation-nvidia-gpu-vllm-prefill",
    ]


def test_pd_decode_runs_behind_the_routing_proxy() -> None:
    found = workloads(request(PD))
    decode, prefill = pod_of(found["decode"]), pod_of(found["prefill"])
    (proxy,) = decode["initContainers"]
    assert proxy["restartPolicy"] == "Always", "a native sidecar"
    assert proxy["args"] == ["--port=8000", "--kv-connector=nixlv2", "--zap-log-level=1", "--secure-proxy=false"]
    assert "--port=8200" in server(found["decode"])["args"]
    assert server(found["decode"])["startupProbe"]["httpGet"]["port"] == "modelserver"
    assert "initContainers" not in prefill
    keep_alive = {"name": "VLLM_HTTP_TIMEOUT_KEEP_ALIVE", "value": "120"}
    assert keep_alive in server(found["prefill"])["env"], "longer than the proxy's idle connections"
    at = server(found["prefill"])["args"].index("--kv-transfer-config")
    assert json.loads(server(found["prefill"])["args"][at + 1])["kv_connector"] == "NixlConnector"


@pytest.mark.parametrize("how", ["ipc-lock", "containerd", "nri"])
def test_locked_memory(how: str) -> None:
    for obj in workloads(request(PD, locked_memory=how)).values():
        annotations = obj["spec"]["template"]["metadata"].get("annotations", {})
        capabilities = server(obj).get("securityContext", {}).get("capabilities", {}).get("add", [])
        if how == "nri":
            assert annotations == {
                "ulimits.noderesource.dev/container.modelserver": (
                    "- {type: memlock, hard: 17179869184, soft: 17179869184}"
                )
            }
            assert not capabilities
        else:
            assert capabilities == ["IPC_LOCK"] and not annotations


def test_without_rdma_nothing_is_locked() -> None:
    (decode,) = workloads(request(wish("optimized-baseline", H100))).values()
    assert "securityContext" not in server(decode)
    assert "rdma/ib" not in server(decode)["resources"]["requests"]


def test_rdma_is_one_slot_of_the_shared_device_or_a_claim_for_every_gpu() -> None:
    for obj in workloads(request(PD)).values():
        resources = server(obj)["resources"]
        assert resources["requests"]["rdma/ib"] == resources["limits"]["rdma/ib"] == "1"
    asked = request(replace(PD, storage=Storage(device_claims=True)))
    templates = {obj["metadata"]["name"]: obj for obj in manifests(asked) if obj["kind"] == "ResourceClaimTemplate"}
    for obj in workloads(asked).values():
        resources, pod = server(obj)["resources"], pod_of(obj)
        assert "rdma/ib" not in resources["requests"]
        (claim,) = pod["resourceClaims"]
        assert resources["claims"] == [{"name": claim["name"]}]
        (wanted,) = templates[claim["resourceClaimTemplateName"]]["spec"]["spec"]["devices"]["requests"]
        assert str(wanted["exactly"]["count"]) == resources["requests"]["nvidia.com/gpu"]


def test_the_precise_path_can_be_asked_for_tokens() -> None:
    asked = request(wish("precise-prefix-cache-routing", H100))
    (service,) = (obj for obj in manifests(asked) if obj["kind"] == "Service")
    assert service["metadata"]["name"] == "precise-prefix-cache-routing-render"
    (decode,) = workloads(asked).values()
    labels = decode["spec"]["template"]["metadata"]["labels"]
    assert service["spec"]["selector"].items() <= labels.items()
    arguments = server(decode)["args"]
    assert "--enable-scale-out" in arguments and "--block-size=64" in arguments
    events = json.loads(arguments[arguments.index("--kv-events-config") + 1])
    assert events["endpoint"] == "tcp://*:5556" and events["topic"] == "kv@$(POD_IP):8000@Qwen/Qwen3-32B"
    assert {"name": "POD_IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}} in server(decode)["env"]


def test_a_model_keeps_its_own_block_size() -> None:
    for path in ("optimized-baseline", "precise-prefix-cache-routing"):
        (decode,) = workloads(request(wish(path, H100, model="openai/gpt-oss-120b"))).values()
        assert "--block-size=128" in server(decode)["args"]
        assert "--tool-call-parser=openai" in server(decode)["args"]


def test_wide_ep_is_two_groups_of_two_nodes() -> None:
    asked = request(wish("wide-ep", H200))
    found = workloads(asked)
    assert {role: obj["metadata"]["name"] for role, obj in found.items()} == {
        "decode": "wide-ep-llm-d-decode",
        "prefill": "wide-ep-llm-d-prefill",
    }
    for obj in found.values():
        assert obj["apiVersion"] == "leaderworkerset.x-k8s.io/v1"
        assert obj["spec"]["leaderWorkerTemplate"]["size"] == 2
        vllm = server(obj)
        assert vllm["name"] == "vllm" and vllm["image"].startswith("docker.io/vllm/vllm-openai:")
        assert vllm["securityContext"] == {
            "capabilities": {"add": ["IPC_LOCK", "SYS_RAWIO"]},
            "runAsUser": 0,
            "runAsGroup": 0,
        }
        assert vllm["resources"]["requests"]["ephemeral-storage"] == "1024Gi"
        assert "--data-parallel-size=16" in vllm["args"] and {"name": "RANKS", "value": "8"} in vllm["env"]
        assert vllm["readinessProbe"]["httpGet"] == {"path": "/readyz", "port": "supervisor"}
    assert "--gpu-memory-utilization=0.8" in server(found["prefill"])["args"]


def test_a_script_hands_vllm_its_arguments() -> None:
    """`bash -c SCRIPT vllm MODEL ...`: what follows the script are $0 and "$@"."""
    vllm = server(workloads(request(wish("wide-ep", H200)))["decode"])
    script, zero, model, *_ = vllm["args"]
    assert vllm["command"] == ["/bin/bash", "-c"] and '"$@"' in script
    assert (zero, model) == ("vllm", "deepseek-ai/DeepSeek-R1-0528")


def test_pods_spread_so_that_whole_gaps_stay_for_the_large_ones() -> None:
    for obj in workloads(request(PD)).values():
        (spread,) = pod_of(obj)["topologySpreadConstraints"]
        assert spread["whenUnsatisfiable"] == "DoNotSchedule" and spread["maxSkew"] == 1
        assert spread["labelSelector"]["matchLabels"] == obj["spec"]["selector"]["matchLabels"]


def test_rollouts_need_no_spare_gpu() -> None:
    for obj in workloads(request(PD)).values():
        assert obj["spec"]["strategy"]["rollingUpdate"] == {"maxSurge": 0, "maxUnavailable": 1}
        assert obj["spec"]["progressDeadlineSeconds"] >= 15 + 30 * 120


def test_token_and_cache() -> None:
    (decode,) = workloads(request(wish("optimized-baseline", H100), token_secret="mine")).values()
    assert server(decode)["env"][0] == {
        "name": "HF_TOKEN",
        "valueFrom": {"secretKeyRef": {"name": "mine", "key": "HF_TOKEN"}},
    }
    (decode,) = workloads(request(wish("optimized-baseline", H100), token_secret=None, cache_claim="weights")).values()
    assert all(variable["name"] != "HF_TOKEN" for variable in server(decode)["env"])
    assert {"name": "model-cache", "persistentVolumeClaim": {"claimName": "weights"}} in pod_of(decode)["volumes"]


def test_an_asked_utilization_beats_the_paths() -> None:
    asked = replace(wish("precise-prefix-cache-routing", H100), overrides=Overrides(gpu_memory_utilization=0.9))
    (decode,) = workloads(request(asked)).values()
    assert "--gpu-memory-utilization=0.9" in server(decode)["args"]
    (decode,) = workloads(request(wish("precise-prefix-cache-routing", H100))).values()
    assert "--gpu-memory-utilization=0.95" in server(decode)["args"]


def test_monitors_scrape_every_rank() -> None:
    (decode,) = (m for m in pod_monitors(request(wish("wide-ep", H200))) if m["metadata"]["name"].endswith("decode"))
    ports = [endpoint["port"] for endpoint in decode["spec"]["podMetricsEndpoints"]]
    assert ports == [f"vllm-rank{number}" for number in range(8)]
