"""Preview features that must be registered before the node pool exists."""

from llmd_tui.azure import api_versions
from llmd_tui.plan.actions import Action, Arm
from llmd_tui.plan.choice import Choice
from llmd_tui.plan.graph import Phase
from llmd_tui.plan.phases.base import Skip, phase

PROVIDER = "Microsoft.ContainerService"


def features(choice: Choice) -> Phase | Skip:
    if choice.azure is None:
        return Skip("the target's nodes are there already")
    wanted = (("AKSInfinibandSupport",) if choice.rdma else ()) + choice.strategy.features
    if not wanted:
        return Skip(f"{choice.size.name} has no InfiniBand and {choice.strategy.name} needs no preview feature")
    subscription = f"/subscriptions/{choice.azure.subscription}"
    register: list[Action] = [
        Arm(
            "POST",
            f"{subscription}/providers/Microsoft.Features/providers/{PROVIDER}/features/{name}/register",
            api_versions.FEATURES,
            None,
            ("az", "feature", "register", "--namespace", PROVIDER, "--name", name, *choice.place.for_az),
        )
        for name in wanted
    ]
    propagate = Arm(
        "POST",
        f"{subscription}/providers/{PROVIDER}/register",
        api_versions.PROVIDERS,
        None,
        ("az", "provider", "register", "--namespace", PROVIDER, "--wait", *choice.place.for_az),
    )
    return phase("features", (*register, propagate), needs=("preflight",))
