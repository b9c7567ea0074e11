"""The Kubernetes API over HTTP on loopback: storage and protocol, nothing that brings a cluster to life."""

from llmd_tui.simulator.kubernetes.server import KubernetesServer, serve

__all__ = ["KubernetesServer", "serve"]
