"""Where a finished rollout answers, and the commands to reach it and to stop it."""

import json
import shlex
from dataclasses import dataclass

from llmd_tui.plan.choice import Choice
from llmd_tui.plan.phases.gateway import NAME as GATEWAY


@dataclass(frozen=True)
class Endpoint:
    """`service` is in `namespace`; `port` is the Service's. Commands are for a shell."""

    namespace: str
    service: str
    port: int
    model: str
    stop: tuple[str, ...]

    @property
    def url(self) -> str:
        return f"http://{self.service}.{self.namespace}.svc/v1"

    @property
    def port_forward(self) -> str:
        return f"kubectl --namespace {self.namespace} port-forward service/{self.service} 8080:{self.port}"

    @property
    def curl(self) -> str:
        return self.curl_at("http://127.0.0.1:8080")

    def curl_at(self, url: str) -> str:
        """For another local port; `url` is without a path."""
        body = shlex.quote(json.dumps({"model": self.model, "prompt": "How are you today?", "max_tokens": 32}))
        return f"curl {url}/v1/completions -H 'Content-Type: application/json' -d {body}"


def endpoint(choice: Choice) -> Endpoint:
    """The gateway's Service, or the router's own in standalone mode."""
    provider = choice.config.gateway.provider
    service = {
        "standalone": f"{choice.path.release}-epp",
        "istio": f"{GATEWAY}-istio",
        "agentgateway": GATEWAY,
    }[provider or "standalone"]
    return Endpoint(choice.namespace, service, 80, choice.model.name, _stop(choice))


def _stop(choice: Choice) -> tuple[str, ...]:
    azure = choice.azure
    if azure is None:
        return (f"kubectl delete namespace {choice.namespace}",)
    group = ("--resource-group", azure.resource_group)
    pool = ("nodepool", "delete", *group, "--cluster-name", azure.cluster, "--name", str(choice.config.pool.name))
    cluster = (("delete", *group, "--name", azure.cluster),) if azure.create else ()
    return tuple(shlex.join(("az", "aks", *words, *choice.place.for_az)) for words in (pool, *cluster))
