"""Prometheus and Grafana, in a namespace of their own, and which pods of the model servers they scrape."""

from llmd_tui.plan.actions import Apply, Wait
from llmd_tui.plan.choice import Choice
from llmd_tui.plan.graph import Phase
from llmd_tui.plan.phases.base import Skip, available, phase, release
from llmd_tui.plan.serving.manifests import pod_monitors
from llmd_tui.plan.serving.request import serving_request


def monitoring(choice: Choice) -> Phase | Skip:
    if not choice.config.monitoring.enabled:
        return Skip("monitoring is off")
    chosen = release(choice, "monitoring")
    prometheus = {"namespace": chosen.namespace, "labels": {"app.kubernetes.io/name": "prometheus"}, "count": 1}
    return phase(
        "monitoring",
        (
            chosen,
            Wait("crds-established", "PodMonitor established", {"names": ["podmonitors.monitoring.coreos.com"]}),
            Apply(tuple(pod_monitors(serving_request(choice)))),
        ),
        (
            available(chosen.namespace, "llmd-kube-prometheus-stack-operator"),
            available(chosen.namespace, "llmd-grafana"),
            Wait("pods-ready", "Prometheus ready", prometheus),
        ),
        needs=("access", "workspace"),
        namespaces=(chosen.namespace,),
    )
