"""Where it goes: a new cluster in Azure, an AKS cluster that is there, or any cluster of the kubeconfig."""

from collections.abc import Callable
from typing import cast

from llmd_tui.azure.ways import login_command, suiting, take, tenant_ways, ways
from llmd_tui.commands.talk import say
from llmd_tui.draft.draft import SUBSCRIPTION, Draft, Target
from llmd_tui.draft.reuse import conflicts, told
from llmd_tui.draft.session import CLUSTER, CONTEXT, GROUP, REGION
from llmd_tui.plain.ask import Back, Option
from llmd_tui.plain.flow import Question
from llmd_tui.plain.interview import Interview, failed
from llmd_tui.rollout.words import many

KUBECONFIG = "target.kubeconfig.file"
KINDS = (
    Option("new", "New AKS cluster"),
    Option("existing", "Existing AKS cluster", "gets a GPU pool, nothing else of it is changed"),
    Option("kubeconfig", "Any kubeconfig context", "its GPU nodes are there already"),
)


def _ask_kind(ask: Interview) -> None:
    ask.draft.aim(cast(Target, ask.choose("Where does llm-d go?", KINDS, ask.draft.target)))


def _ask_name(path: str, question: str) -> Callable[[Interview], None]:
    def asks(ask: Interview) -> None:
        ask.text(path, question, refused=lambda: ask.draft.error(path))
        ask.draft.take(path)

    return asks


def _ask_region(ask: Interview) -> None:
    """And what it has room for."""
    locations = ask.session.azure.locations
    if locations.value:
        regions = [Option(each.name, each.name, each.display_name) for each in locations.value]
        ask.draft.set(REGION, ask.choose("Region", regions, ask.draft.value(REGION).text))
    else:
        failed(locations)
        ask.text(REGION, "Region", refused=lambda: ask.draft.error(REGION))
    _read_room(ask)


def _read_room(ask: Interview) -> None:
    """Where it cannot be read the plan can still be made, without knowing what fits."""
    region = ask.session.region
    if ask.session.capacity.state == "ready":
        return
    ask.read(f"Reading what {region} has room for.", ask.session.read_region())
    if ask.session.capacity.state == "failed":
        say(f"The quota of {region} cannot be read.")
        failed(ask.session.capacity)


def _ask_existing(ask: Interview) -> None:
    draft, clusters = ask.draft, ask.session.azure.clusters
    if clusters.state == "failed":
        failed(clusters)
        raise Back
    known = {each.key: each for each in clusters.value or ()}
    if not known:
        say("The subscription has no AKS cluster.")
        raise Back
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
    for reason, remedy in conflicts(draft, found):
        say(f"In the way: {reason}. {remedy}")
    for line in told(found):
        say(f"{found.name}: {line}")
    _read_room(ask)


def _ask_subscription(ask: Interview) -> None:
    """Which one, and everything about it."""
    session = ask.session
    if session.azure.login.state != "ready":
        _read_account(ask)
    while True:
        azure = session.azure
        names = [Option(each.id, each.name, each.words or each.id, each.reason) for each in azure.choosable]
        tenants = [Option(way.key, way.name, way.note) for way in tenant_ways(azure.tenants_beside)]
        if len(names) == 1 and not tenants:
            say(f"Subscription: {names[0].text}, the only one of this login.")
            break
        chosen = ask.choose("Subscription", [*names, *tenants], azure.subscription)
        if chosen == azure.subscription:
            break
        if take(chosen):
            ask.draft.reset(SUBSCRIPTION)
        else:
            ask.draft.set(SUBSCRIPTION, chosen)
        _read_account(ask)
    ask.draft.take(SUBSCRIPTION)


def _read_account(ask: Interview) -> None:
    """Goes back when Azure does not tell and the user has had enough."""
    azure = ask.session.azure
    while True:
        ask.read("Signing in to Azure and reading the account.", ask.session.read_account())
        if azure.login.state != "failed":
            return
        failed(azure.login)
        if azure.nobody:
            _ask_way(ask)
        elif not ask.yes("Try again?", default=False):
            raise Back


def _ask_way(ask: Interview) -> None:
    """How to log in. What is typed elsewhere is waited for."""
    options = [Option(way.key, way.name, way.note, way.reason) for way in ways()]
    chosen = ask.choose("How to log in to Azure?", options, suiting())
    if not take(chosen):
        ask.asker.line(f"Run `{login_command()}` in another terminal, then press enter")


def _ask_kubeconfig(ask: Interview) -> None:
    session, draft = ask.session, ask.draft
    ask.wait(session.read_contexts())
    while session.kube.contexts.state == "failed":
        failed(session.kube.contexts)
        file = ask.asker.line("Kubeconfig file, or nothing for another target")
        if not file:
            raise Back
        ask.take(KUBECONFIG, file)
        ask.wait(session.read_contexts())
    contexts = session.kube.contexts.value
    if contexts is None or not contexts.names:
        say("The kubeconfig has no context.")
        raise Back
    options = [Option(name, name, "current" if name == contexts.current else "") for name in contexts.names]
    draft.choose(CONTEXT, ask.choose("Context", options, draft.value(CONTEXT).text))
    _read_nodes(ask, draft.value(CONTEXT).text)


def _read_nodes(ask: Interview, context: str) -> None:
    ask.read(f"Asking {context} for its nodes.", ask.session.read_nodes(context))
    reading = ask.session.kube.nodes(context)
    if reading.state == "failed" or reading.value is None:
        failed(reading)
        raise Back
    found = reading.value
    gpus = ", ".join(f"{count} × {name}" for name, count in found.gpu.items()) or "none with a GPU size known here"
    say(f"{context} answers: Kubernetes {found.kubernetes}, {many(found.total, 'node')}; {gpus}.")


def _goes_to(*kinds: Target) -> Callable[[Draft], bool]:
    return lambda draft: draft.target in kinds


TARGET = (
    Question(_ask_kind),
    Question(_ask_subscription, _goes_to("new", "existing")),
    Question(_ask_name(GROUP, "Resource group"), _goes_to("new")),
    Question(_ask_name(CLUSTER, "Cluster name"), _goes_to("new")),
    Question(_ask_region, _goes_to("new")),
    Question(_ask_existing, _goes_to("existing")),
    Question(_ask_kubeconfig, _goes_to("kubeconfig")),
)
