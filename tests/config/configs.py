"""Random valid configs, from the same rules as the model."""

from typing import Any

from hypothesis import strategies as st

from llmd_tui.config.model import Config

text = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=20)
label = st.from_regex(r"[a-z]([-a-z0-9]{0,20}[a-z0-9])?", fullmatch=True)


def section(required: dict[str, Any], optional: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(required, optional=optional)


azure = section(
    {
        "subscription": text,
        "resourceGroup": st.from_regex(r"[-A-Za-z0-9_.()]{0,20}[A-Za-z0-9]", fullmatch=True),
        "region": st.sampled_from(["eastus2", "swedencentral", "123"]),
        "cluster": st.from_regex(r"[A-Za-z0-9]([-A-Za-z0-9_]{0,10}[A-Za-z0-9])?", fullmatch=True),
    },
    {
        "create": st.booleans(),
        "kubernetesVersion": st.sampled_from(["1.30", "1.35.1"]),
        "tier": st.sampled_from(["Free", "Standard", "Premium"]),
        "systemPool": section({}, {"size": text, "nodes": st.integers(1, 100)}),
        "sshKeyFile": text,
    },
)
role = section({}, {"replicas": st.integers(1, 100), "tensorParallel": st.integers(1, 16)})
target = st.one_of(
    st.fixed_dictionaries({"azure": azure}),
    st.fixed_dictionaries({"kubeconfig": section({"context": text}, {"file": text})}),
)
reference = st.one_of(
    st.just("env:HF_TOKEN"), st.from_regex(r"secret:[a-z0-9.-]{1,10}", fullmatch=True), st.just("file:~/tok en: #1")
)

values: st.SearchStrategy[dict[str, Any]] = section(
    {
        "apiVersion": st.just("llmd-tui/v1"),
        "target": target,
        "pool": section(
            {"size": text},
            {
                "nodes": st.integers(1, 100),
                "name": st.from_regex(r"[a-z][a-z0-9]{0,11}", fullmatch=True),
                "osSku": st.sampled_from(["Ubuntu2204", "Ubuntu2404", "AzureLinux3"]),
                "osDiskGiB": st.integers(128, 4095),
                "taint": st.booleans(),
                "spot": st.booleans(),
                "zone": st.sampled_from("123"),
                "maxNodes": st.integers(1, 100),
                "minNodes": st.integers(0, 100),
                "taints": st.lists(st.sampled_from(["team=ml:NoSchedule", "a/b=:NoExecute"]), unique=True),
                "labels": st.lists(st.sampled_from(["team=ml", "a.b/c="]), unique=True),
                "spotMaxPrice": st.floats(0.5, 90),
            },
        ),
        "path": section(
            {"name": text},
            {
                "model": text,
                "decode": role,
                "prefill": role,
                "maxModelLen": st.integers(256, 1 << 20),
                "gpuMemoryUtilization": st.floats(0.2, 0.98),
                "scorers": text,
            },
        ),
    },
    {
        "drivers": st.sampled_from(["gpu-operator", "aks-driver", "aks-managed-gpu"]),
        "namespace": label,
        "gateway": section({}, {"provider": st.just("istio"), "expose": st.just("public")}),
        "monitoring": section({}, {"enabled": st.booleans()}),
        "huggingFaceToken": reference,
        "cache": section({"storageClass": text}, {"sizeGiB": st.integers(1, 9000)}),
        "mirror": section({}, {"charts": text, "manifests": text}),
        "release": st.sampled_from(["0.10", "v0.10.1", "null", "0x10", "1e3"]),
        "waive": st.lists(text, max_size=4, unique=True),
    },
)

configs: st.SearchStrategy[Config] = values.map(Config.model_validate)
