"""The Kubernetes API over HTTP on loopback: storage and protocol, nothing that brings a cluster to life.

Beside the API there are paths for actors and tests:

* `POST /simulator/logs/NAMESPACE/POD/CONTAINER` appends lines to a container's log, `PUT` begins its next instance
* `POST /simulator/exec/NAMESPACE/POD/CONTAINER` programs what a command answers (see `execute`)
* `POST /simulator/compact` forgets the history, so that older versions are 410 Gone
* the annotation `simulator.llmd-tui/forward: "8000=127.0.0.1:PORT"` of a pod says where a port-forward ends
"""

from llmd_tui.simulator.kubernetes.server import KubernetesServer, serve

__all__ = ["KubernetesServer", "serve"]
