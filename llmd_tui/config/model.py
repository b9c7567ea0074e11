"""The config: everything that the user chose, as the answers file spells it.

A field that is None was not said; `llmd_tui.plan.defaults` tells what it becomes and why.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

API_VERSION = "llmd-tui/v1"

DnsLabel = Annotated[
    str,
    Field(pattern=r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", max_length=63, description="small letters, digits and -"),
]
SecretReference = Annotated[str, Field(pattern=r"^(env:[A-Za-z_][A-Za-z0-9_]*|file:.+|keyring:.+|secret:[a-z0-9.-]+)$")]
_NAME = "[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?"
_PAIR = f"^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?{_NAME}=({_NAME})?"
Label = Annotated[str, Field(pattern=f"{_PAIR}$")]
Taint = Annotated[str, Field(pattern=f"{_PAIR}:(NoSchedule|NoExecute|PreferNoSchedule)$")]
DriverStrategy = Literal["gpu-operator", "aks-driver", "aks-managed-gpu"]


class Model(BaseModel):
    """Spelt in camelCase in the file; an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", alias_generator=to_camel, populate_by_name=True)


class SystemPool(Model):
    """The node pool of the cluster's own pods; the endpoint picker and Prometheus run there too."""

    size: str | None = Field(default=None, description="VM size, for example Standard_D16s_v5")
    nodes: int | None = Field(default=None, ge=1, le=100)


class Azure(Model):
    """An AKS cluster, made here or already there."""

    subscription: str = Field(description="subscription id (or name, which `az account list` knows)", min_length=1)
    resource_group: str = Field(pattern=r"^[-\w.()]{0,89}[-\w()]$", description="letters, digits and - _ . ( )")
    region: str = Field(pattern=r"^[a-z0-9]+$", description="for example eastus2")
    cluster: str = Field(pattern=r"^[A-Za-z0-9]([-\w]{0,61}[A-Za-z0-9])?$", description="letters, digits, - and _")
    create: bool = Field(default=True, description="false: the cluster is there, only the GPU node pool is added")
    kubernetes_version: str | None = Field(default=None, pattern=r"^1\.\d+(\.\d+)?$", description="for example 1.35")
    tier: Literal["Free", "Standard", "Premium"] | None = None
    system_pool: SystemPool = Field(default_factory=SystemPool)
    ssh_key_file: str | None = Field(default=None, description="RSA public key for the nodes; none: no SSH access")


class Kubeconfig(Model):
    """Any cluster that a kubeconfig context reaches; its GPU nodes are there already."""

    context: str = Field(min_length=1, description="a name that `kubectl config get-contexts` lists")
    file: str | None = Field(default=None, description="kubeconfig file; none: KUBECONFIG, else ~/.kube/config")


class Target(Model):
    # The validator below, for readers of the JSON schema.
    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [{"required": [key], "properties": {key: {"type": "object"}}} for key in ("azure", "kubeconfig")]
        }
    )

    azure: Azure | None = None
    kubeconfig: Kubeconfig | None = None

    @model_validator(mode="after")
    def one_of_both(self) -> "Target":
        if (self.azure is None) == (self.kubeconfig is None):
            raise ValueError("give either azure or kubeconfig")
        return self


class Pool(Model):
    """The GPU nodes."""

    size: str = Field(description="VM size, for example Standard_ND96isr_H100_v5")
    nodes: int | None = Field(default=None, ge=1, le=100, description="1 to 100, as many as InfiniBand links")
    name: str | None = Field(
        default=None, pattern=r"^[a-z][a-z0-9]{0,11}$", description="1 to 12 small letters and digits, a letter first"
    )
    os_sku: Literal["Ubuntu2204", "Ubuntu2404", "AzureLinux3"] | None = None
    os_disk_gib: int | None = Field(default=None, ge=128, le=4095, alias="osDiskGiB")
    max_nodes: int | None = Field(
        default=None, ge=1, le=100, description="AKS's autoscaler adds nodes up to this many; none: no autoscaler"
    )
    min_nodes: int | None = Field(default=None, ge=0, le=100, description="the autoscaler leaves this many")
    taint: bool | None = Field(default=None, description="keeps other pods away with sku=gpu:NoSchedule")
    taints: list[Taint] = Field(
        default_factory=list[Taint], description="key=value:NoSchedule, which all that is installed tolerates"
    )
    labels: list[Label] = Field(default_factory=list[Label], description="key=value, beside sku=gpu")
    spot: bool | None = Field(default=None, description="cheaper, and taken away with 30 seconds' notice")
    spot_max_price: float | None = Field(
        default=None, gt=0, description="USD an hour of a node, above which it is given back; none: the list price"
    )
    zone: Literal["1", "2", "3"] | None = None


class Role(Model):
    """The model servers of one role."""

    replicas: int | None = Field(default=None, ge=1, le=100)
    tensor_parallel: int | None = Field(default=None, ge=1, le=16, description="GPUs that hold one copy of the model")


class Path(Model):
    """The well-lit path and what it serves."""

    name: str = Field(description="optimized-baseline, precise-prefix-cache-routing, pd-disaggregation or wide-ep")
    model: str | None = Field(default=None, description="Hugging Face name, for example Qwen/Qwen3-32B")
    decode: Role = Field(default_factory=Role)
    prefill: Role = Field(default_factory=Role)
    max_model_len: int | None = Field(default=None, ge=256, description="context length in tokens")
    gpu_memory_utilization: float | None = Field(default=None, gt=0.1, le=0.98)
    scorers: str | None = Field(default=None, description="scorer profile of the endpoint picker")


class Gateway(Model):
    provider: Literal["standalone", "istio", "agentgateway"] | None = None
    expose: Literal["cluster", "internal", "public"] | None = None


class Monitoring(Model):
    enabled: bool | None = None


class Cache(Model):
    """A volume that keeps the model's weights over restarts; none by default: each pod loads its own."""

    storage_class: str = Field(
        min_length=1, description="a StorageClass that many nodes can write to, for example azurefile-csi-premium"
    )
    size_gib: int | None = Field(default=None, ge=1, alias="sizeGiB")


class Mirror(Model):
    """Where to take charts and CRD manifests from when not from their own publishers."""

    charts: str | None = Field(default=None, description="a directory of charts, or an oci:// prefix")
    manifests: str | None = Field(default=None, description="a directory or URL that holds the CRD manifests")


class Config(Model):
    """An answers file."""

    api_version: Literal["llmd-tui/v1"] = API_VERSION
    target: Target
    pool: Pool
    drivers: DriverStrategy | None = None
    locked_memory: Literal["ipc-lock", "containerd", "nri"] | None = None
    path: Path
    namespace: DnsLabel | None = None
    gateway: Gateway = Field(default_factory=Gateway)
    monitoring: Monitoring = Field(default_factory=Monitoring)
    hugging_face_token: SecretReference | None = Field(
        default=None, description="a reference, never the token: env:NAME, file:PATH, keyring:NAME or secret:NAME"
    )
    cache: Cache | None = None
    mirror: Mirror = Field(default_factory=Mirror)
    release: str | None = Field(default=None, description="llm-d release, for example 0.10")
    waive: list[str] = Field(default_factory=list[str], description="ids of checks that may fail")
