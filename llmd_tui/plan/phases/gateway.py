"""The gateway and its controller."""

import json
from typing import Any

from llmd_tui.objects import Object
from llmd_tui.ours import MANAGED_BY
from llmd_tui.plan.actions import Action, Apply, Wait
from llmd_tui.plan.choice import Choice
from llmd_tui.plan.graph import Phase
from llmd_tui.plan.phases.base import Skip, available, namespace, phase, release

NAME = "llm-d-inference-gateway"
INTERNAL = {"service.beta.kubernetes.io/azure-load-balancer-internal": "true"}
PROBE = {"service.beta.kubernetes.io/port_80_health-probe_protocol": "tcp"}


def gateway(choice: Choice) -> Phase | Skip:
    provider = choice.config.gateway.provider
    if provider == "standalone":
        return Skip("standalone: requests go straight to the router's own proxy")
    charts = ("istio-base", "istiod") if provider == "istio" else ("agentgateway-crds", "agentgateway")
    controller = release(choice, charts[1])
    deployment = "istiod" if provider == "istio" else "agentgateway"
    accepted = {"kind": "GatewayClass", "name": provider, "type": "Accepted"}
    actions: list[Action] = [
        Apply((namespace(controller.namespace),)),
        release(choice, charts[0]),
        controller,
        Wait("condition", f"GatewayClass {provider} accepted", accepted),
        Apply(tuple(gateway_objects(choice))),
    ]
    return phase(
        "gateway",
        tuple(actions),
        (
            available(controller.namespace, deployment),
            Wait("gateway-programmed", "the Gateway programmed", {"namespace": choice.namespace, "name": NAME}),
        ),
        # Which makes the namespace that the Gateway goes into.
        needs=("crds", "workspace"),
        namespaces=(controller.namespace, choice.namespace),
    )


def gateway_objects(choice: Choice) -> list[Object]:
    """The Gateway, and how its Service and proxy are to look."""
    parameters = _parameters(choice)
    group, _, _ = str(parameters["apiVersion"]).rpartition("/")
    return [parameters, _gateway(choice, {"group": group, "kind": parameters["kind"], "name": NAME})]


def _parameters(choice: Choice) -> Object:
    """In the provider's own kind."""
    metadata = {"name": NAME, "namespace": choice.namespace, "labels": MANAGED_BY}
    service = {"type": "ClusterIP" if choice.config.gateway.expose == "cluster" else "LoadBalancer"}
    if choice.config.gateway.provider == "istio":
        data = {"service": _json({"spec": service}), "deployment": _json(_proxy())}
        return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}
    return {
        "apiVersion": "agentgateway.dev/v1alpha1",
        "kind": "AgentgatewayParameters",
        "metadata": metadata,
        "spec": {"service": {"spec": service}},
    }


def _gateway(choice: Choice, parameters: Object) -> Object:
    provider, expose = choice.config.gateway.provider, choice.config.gateway.expose
    labels = MANAGED_BY | ({"istio.io/enable-inference-extproc": "true"} if provider == "istio" else {})
    infrastructure: dict[str, Any] = {"parametersRef": parameters}
    if expose != "cluster":
        infrastructure["annotations"] = PROBE | (INTERNAL if expose == "internal" else {})
    from_here = {"namespaces": {"from": "Same"}}
    return {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "Gateway",
        "metadata": {"name": NAME, "namespace": choice.namespace, "labels": labels},
        "spec": {
            "gatewayClassName": provider,
            "infrastructure": infrastructure,
            "listeners": [{"name": "default", "port": 80, "protocol": "HTTP", "allowedRoutes": from_here}],
        },
    }


def _proxy() -> Object:
    resources = {"requests": {"cpu": "1", "memory": "2Gi"}, "limits": {"cpu": "8", "memory": "8Gi"}}
    return {"spec": {"template": {"spec": {"containers": [{"name": "istio-proxy", "resources": resources}]}}}}


def _json(value: Object) -> str:
    return json.dumps(value)
