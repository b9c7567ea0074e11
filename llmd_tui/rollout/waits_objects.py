"""Tests of single objects: CRDs, conditions, gateways and routes."""

from llmd_tui.objects import Object
from llmd_tui.rollout.moment import Moment
from llmd_tui.rollout.progress import Arguments, Progress, current_condition, not_there, written
from llmd_tui.rollout.reading import deleted, dig, holds, listed, name_of, namespace_of, part, text
from llmd_tui.rollout.words import listing


def crds_established(arguments: Arguments, moment: Moment) -> Progress:
    """`names`: all of them are served, and none is being deleted."""
    names = [str(name) for name in arguments["names"]]
    known = {name_of(crd): crd for crd in moment.view.all("CustomResourceDefinition")}
    served = {name for name, crd in known.items() if holds(crd, "Established") and not deleted(crd)}
    lacking = [name for name in names if name not in served]
    there = len(names) - len(lacking)
    text = f"{there} of {len(names)} kinds established" + (f"; not yet {listing(lacking)}" if lacking else "")
    return Progress(not lacking, text, (there, len(names)), tuple(lacking))


def condition(arguments: Arguments, moment: Moment) -> Progress:
    """`kind`, `name`, `namespace` if it has one, `type`, and `reason` if it must be that one: the condition is True.

    For this generation of the object, where it says which one it is about.
    """
    kind, name, wanted = str(arguments["kind"]), str(arguments["name"]), str(arguments["type"])
    found = moment.view.get(kind, name, arguments.get("namespace"))
    if found is None:
        return not_there(kind, name)
    have = current_condition(found, wanted)
    done = have.get("status") == "True" and arguments.get("reason") in (None, have.get("reason")) and not deleted(found)
    return Progress(done, f"{kind} {name}: {written(have, wanted)}", subjects=() if done else (name,))


def gateway_programmed(arguments: Arguments, moment: Moment) -> Progress:
    """`namespace`, `name`: its configuration is in the data plane, which includes that it has an address."""
    name = str(arguments["name"])
    gateway = moment.view.get("Gateway", name, arguments["namespace"])
    if gateway is None:
        return not_there("Gateway", name)
    accepted, programmed = current_condition(gateway, "Accepted"), current_condition(gateway, "Programmed")
    if accepted.get("status") == "False":
        return Progress(False, f"Gateway {name}: {written(accepted, 'Accepted')}", subjects=(name,))
    addresses = [text(a.get("value")) for a in listed(dig(gateway, "status", "addresses"))]
    if programmed.get("status") != "True" or deleted(gateway):
        return Progress(False, f"Gateway {name}: {written(programmed, 'Programmed')}", subjects=(name,))
    return Progress(True, " at ".join(filter(None, [f"Gateway {name} programmed", listing(addresses)])))


def route_accepted(arguments: Arguments, moment: Moment) -> Progress:
    """`namespace`, `name`: each parent that the route names has accepted it and found what it refers to."""
    name = str(arguments["name"])
    route = moment.view.get("HTTPRoute", name, arguments["namespace"])
    if route is None:
        return not_there("HTTPRoute", name)
    wanted = listed(dig(route, "spec", "parentRefs"))
    answers = listed(dig(route, "status", "parents"))
    for parent in wanted:
        mine = [answer for answer in answers if _parent(part(answer, "parentRef"), route) == _parent(parent, route)]
        if not mine:
            return Progress(
                False, f"HTTPRoute {name}: {text(parent.get('name'))} has not answered yet", subjects=(name,)
            )
        for answer in mine:
            trouble = _refused(answer, route)
            if trouble:
                return Progress(False, f"HTTPRoute {name}: {trouble}", subjects=(name,))
    if not wanted or deleted(route):
        return Progress(False, f"HTTPRoute {name} names no parent", subjects=(name,))
    return Progress(True, f"HTTPRoute {name} accepted", (len(wanted), len(wanted)))


def _parent(reference: Object, route: Object) -> tuple[str, ...]:
    """What makes two references to a parent the same; the namespace is the route's own where it is not said."""
    kind, section = text(reference.get("kind")) or "Gateway", text(reference.get("sectionName"))
    namespace = text(reference.get("namespace")) or namespace_of(route)
    return kind, namespace, text(reference.get("name")), section, str(reference.get("port") or "")


def _refused(answer: Object, route: Object) -> str:
    """Why a parent does not take the route; empty when it does."""
    as_object: Object = {"metadata": part(route, "metadata"), "status": answer}
    for kind in ("Accepted", "ResolvedRefs"):
        have = current_condition(as_object, kind)
        if have.get("status") != "True":
            return written(have, kind)
    return ""


def exists(arguments: Arguments, moment: Moment) -> Progress:
    """`kind`, `name`, `namespace` if it has one: it is there and nobody has deleted it."""
    kind, name = str(arguments["kind"]), str(arguments["name"])
    found = moment.view.get(kind, name, arguments.get("namespace"))
    if found is None:
        return not_there(kind, name)
    if deleted(found):
        return Progress(False, f"{kind} {name} is being deleted", subjects=(name,))
    return Progress(True, f"{kind} {name} exists")
