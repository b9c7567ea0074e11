"""The kubeconfigs that AKS hands out."""

from collections.abc import Mapping
from typing import Any

import yaml


def renamed(kubeconfig: bytes, context: str, user: Mapping[str, Any] | None = None) -> bytes:
    """The kubeconfig's current context alone, under this name; with another user when one is given."""
    config = yaml.safe_load(kubeconfig)
    current: Any = next(c["context"] for c in config["contexts"] if c["name"] == config["current-context"])
    cluster: Any = next(c["cluster"] for c in config["clusters"] if c["name"] == current["cluster"])
    own: Any = user or next(u["user"] for u in config["users"] if u["name"] == current["user"])
    return yaml.safe_dump(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": context,
            "clusters": [{"name": context, "cluster": cluster}],
            "users": [{"name": f"clusterUser_{context}", "user": own}],
            "contexts": [{"name": context, "context": {"cluster": context, "user": f"clusterUser_{context}"}}],
        }
    ).encode()


def kubelogin(tenant: str) -> dict[str, Any]:
    """The user that AKS names for clusters with Entra."""
    arguments = {
        "environment": "AzurePublicCloud",
        "server-id": "6dae42f8-4368-4678-94ff-3960e28e3630",
        "client-id": "80faf920-1908-4b52-b5ef-a8e7bedfc67a",
        "tenant-id": tenant,
        "login": "devicecode",
    }
    return {
        "exec": {
            "apiVersion": "client.authentication.k8s.io/v1beta1",
            "command": "kubelogin",
            "args": ["get-token", *(part for key, value in arguments.items() for part in (f"--{key}", value))],
            "env": None,
            "provideClusterInfo": False,
            "interactiveMode": "IfAvailable",
        }
    }
