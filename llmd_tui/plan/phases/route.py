"""From the gateway to the pool."""

from llmd_tui.objects import Object
from llmd_tui.ours import MANAGED_BY
from llmd_tui.plan.actions import Apply, Wait
from llmd_tui.plan.choice import Choice
from llmd_tui.plan.graph import Phase
from llmd_tui.plan.phases.base import Skip, phase
from llmd_tui.plan.phases.gateway import NAME as GATEWAY


def route(choice: Choice) -> Phase | Skip:
    if choice.config.gateway.provider == "standalone":
        return Skip("standalone: there is no gateway to route from")
    name = choice.path.release
    return phase(
        "route",
        (Apply((http_route(choice),)),),
        (Wait("route-accepted", "the route accepted", {"namespace": choice.namespace, "name": name}),),
        needs=("router", "gateway"),
        namespaces=(choice.namespace,),
    )


def http_route(choice: Choice) -> Object:
    """Without a timeout: long answers take longer than any default."""
    name = choice.path.release
    parent = {"group": "gateway.networking.k8s.io", "kind": "Gateway", "name": GATEWAY}
    pool = {"group": "inference.networking.k8s.io", "kind": "InferencePool", "name": name, "weight": 1}
    rule = {
        "matches": [{"path": {"type": "PathPrefix", "value": "/"}}],
        "backendRefs": [pool],
        "timeouts": {"request": "0s", "backendRequest": "0s"},
    }
    return {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "HTTPRoute",
        "metadata": {"name": name, "namespace": choice.namespace, "labels": MANAGED_BY},
        "spec": {"parentRefs": [parent], "rules": [rule]},
    }
