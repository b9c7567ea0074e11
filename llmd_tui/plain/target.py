"""Where it goes: a new cluster in Azure, an AKS cluster that is there, or any cluster of the kubeconfig."""

from collections.abc import Callable
from typing import cast

from llmd_tui.commands.talk import say
from llmd_tui.draft.draft import SUBSCRIPTION, Target
from llmd_tui.draft.session import CLUSTER, CONTEXT, GROUP, REGION
from llmd_tui.plain.ask import Option
from llmd_tui.plain.interview import Interview, failed
from llmd_tui.rollout.words import many

KUBECONFIG = "target.kubeconfig.file"
KINDS = (
    Option("new", "New AKS cluster"),
    Option("existing", "Existing AKS cluster", "gets a GPU pool, nothing else of it is changed"),
    Option("kubeconfig", "Any kubeconfig context", "its GPU nodes are there already"),
)


def ask_target(ask: Interview) -> None:
    """Until there is one."""
    while True:
        ask.draft.aim(cast(Target, ask.choose("Where does llm-d go?", KINDS, ask.draft.target)))
        if ASKED[ask.draft.target](ask):
            return


def _ask_new(ask: Interview) -> bool:
    if not _ask_subscription(ask):
        return False
    draft = ask.draft
    for path, question in ((GROUP, "Resource group"), (CLUSTER, "Cluster name")):
        ask.text(path, question, refused=lambda path=path: draft.error(path))
        draft.take(path)
    return ask_region(ask)


def ask_region(ask: Interview) -> bool:
    """And what it has room for."""
    locations = ask.session.azure.locations
    if locations.value:
        regions = [Option(each.name, each.name, each.display_name) for each in locations.value]
        ask.draft.set(REGION, ask.choose("Region", regions, ask.draft.value(REGION).text))
    else:
        failed(locations)
        ask.text(REGION, "Region", refused=lambda: ask.draft.error(REGION))
    return _read_room(ask)


def _read_room(ask: Interview) -> bool:
    """Where it cannot be read the plan can still be made, without knowing what fits."""
    region = ask.session.region
    ask.read(f"Reading what {region} has room for.", ask.session.read_region())
    if ask.session.capacity.state == "failed":
        say(f"The quota of {region} cannot be read.")
        failed(ask.session.capacity)
    return bool(region)


def _ask_existing(ask: Interview) -> bool:
    if not _ask_subscription(ask):
        return False
    draft, clusters = ask.draft, ask.session.azure.clusters
    if clusters.state == "failed":
        failed(clusters)
        return False
    known = {each.key: each for each in clusters.value or ()}
    if not known:
        say("The subscription has no AKS cluster.")
        return False
    options = [
        Option(
            key, each.name, f"group {each.resource_group}, {each.region}, Kubernetes {each.kubernetes}, {each.state}"
        )
        for key, each in known.items()
    ]
    said = f"{draft.answers.get(GROUP)}/{draft.answers.get(CLUSTER)}"
    found = known[ask.choose("AKS cluster", options, said)]
    draft.say(CLUSTER, found.name)
    draft.say(GROUP, found.resource_group)
    draft.say(REGION, found.region)
    return _read_room(ask)


def _ask_subscription(ask: Interview) -> bool:
    """Which one, and everything about it; False when Azure does not tell and the user goes elsewhere."""
    if not _read_account(ask):
        return False
    session = ask.session
    names = [Option(each.id, each.name, each.id) for each in session.azure.subscriptions.value or ()]
    if len(names) == 1:
        say(f"Subscription: {names[0].text}, the only one of this login.")
    elif names:
        chosen = ask.choose("Subscription", names, session.azure.subscription)
        if chosen != session.azure.subscription:
            ask.draft.set(SUBSCRIPTION, chosen)
            if not _read_account(ask):
                return False
    ask.draft.take(SUBSCRIPTION)
    return True


def _read_account(ask: Interview) -> bool:
    azure = ask.session.azure
    while True:
        ask.read("Signing in to Azure and reading the account.", ask.session.read_account())
        if azure.login.state != "failed":
            return True
        failed(azure.login)
        if not ask.yes("Try again?", default=False):
            return False


def _ask_kubeconfig(ask: Interview) -> bool:
    session, draft = ask.session, ask.draft
    ask.wait(session.read_contexts())
    while session.kube.contexts.state == "failed":
        failed(session.kube.contexts)
        file = ask.asker.line("Kubeconfig file, or nothing for another target")
        if not file:
            return False
        ask.take(KUBECONFIG, file)
        ask.wait(session.read_contexts())
    contexts = session.kube.contexts.value
    if contexts is None or not contexts.names:
        say("The kubeconfig has no context.")
        return False
    options = [Option(name, name, "current" if name == contexts.current else "") for name in contexts.names]
    draft.choose(CONTEXT, ask.choose("Context", options, draft.value(CONTEXT).text))
    return _read_nodes(ask, draft.value(CONTEXT).text)


def _read_nodes(ask: Interview, context: str) -> bool:
    ask.read(f"Asking {context} for its nodes.", ask.session.read_nodes(context))
    reading = ask.session.kube.nodes(context)
    if reading.state == "failed" or reading.value is None:
        failed(reading)
        return False
    found = reading.value
    gpus = ", ".join(f"{count} × {name}" for name, count in found.gpu.items()) or "none with a GPU size known here"
    say(f"{context} answers: Kubernetes {found.kubernetes}, {many(found.total, 'node')}; {gpus}.")
    return True


ASKED: dict[Target, Callable[[Interview], bool]] = {
    "new": _ask_new,
    "existing": _ask_existing,
    "kubeconfig": _ask_kubeconfig,
}
