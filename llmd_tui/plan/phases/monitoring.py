"""Prometheus and Grafana, in a namespace of their own."""

from llmd_tui.plan.actions import Wait
from llmd_tui.plan.choice import Choice
from llmd_tui.plan.graph import Phase
from llmd_tui.plan.phases.base import Skip, available, phase, release


def monitoring(choice: Choice) -> Phase | Skip:
    if not choice.config.monitoring.enabled:
        return Skip("monitoring is off")
    chosen = release(choice, "monitoring")
    prometheus = {"namespace": chosen.namespace, "labels": {"app.kubernetes.io/name": "prometheus"}, "count": 1}
    return phase(
        "monitoring",
        (chosen,),
        (
            available(chosen.namespace, "llmd-kube-prometheus-stack-operator"),
            available(chosen.namespace, "llmd-grafana"),
            Wait("pods-ready", "Prometheus ready", prometheus),
        ),
        needs=("access",),
        namespaces=(chosen.namespace,),
    )
