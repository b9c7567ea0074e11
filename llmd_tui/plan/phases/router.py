"""The endpoint picker and its InferencePool."""

from llmd_tui.plan.actions import Action, Apply, Helm, Wait
from llmd_tui.plan.choice import Choice
from llmd_tui.plan.graph import Phase
from llmd_tui.plan.phases.base import available, chart_source, phase
from llmd_tui.plan.serving.manifests import pod_monitors
from llmd_tui.plan.serving.request import serving_request
from llmd_tui.plan.serving.router import router_values
from llmd_tui.presets.components import component


def router(choice: Choice) -> Phase:
    standalone = choice.config.gateway.provider == "standalone"
    name = "router-standalone" if standalone else "router-gateway"
    chosen = component(name)
    chart, repository = chart_source(choice, chosen.chart, chosen.repository)
    release = Helm(
        component=name,
        release=choice.path.release,
        namespace=choice.namespace,
        chart=chart,
        repository=repository,
        version=chosen.version,
        values=router_values(serving_request(choice)),
    )
    pool = {"kind": "InferencePool", "name": choice.path.release, "namespace": choice.namespace}
    needs = ("crds", "workspace") + (("monitoring",) if choice.config.monitoring.enabled else ())
    actions: list[Action] = [release]
    if choice.config.monitoring.enabled:
        actions.append(Apply(tuple(pod_monitors(serving_request(choice)))))
    return phase(
        "router",
        tuple(actions),
        (
            available(choice.namespace, f"{choice.path.release}-epp"),
            Wait("exists", f"InferencePool {choice.path.release}", pool),
        ),
        needs=needs,
        namespaces=(choice.namespace,),
    )
