"""LeaderWorkerSet, for model servers that span nodes."""

from llmd_tui.plan.actions import Wait
from llmd_tui.plan.choice import Choice
from llmd_tui.plan.graph import Phase
from llmd_tui.plan.phases.base import Skip, available, phase, release


def lws(choice: Choice) -> Phase | Skip:
    if not choice.path.multi_host:
        return Skip(f"{choice.path.name} uses no LeaderWorkerSet")
    chosen = release(choice, "lws")
    names = {"names": ["leaderworkersets.leaderworkerset.x-k8s.io"]}
    return phase(
        "lws",
        (chosen,),
        (
            Wait("crds-established", "LeaderWorkerSet established", names),
            available(chosen.namespace, "lws-controller-manager"),
        ),
        needs=("access",),
        namespaces=(chosen.namespace,),
    )
