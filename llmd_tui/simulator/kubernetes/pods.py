"""What can be asked of a pod beside its object: logs, binding, eviction."""

from aiohttp import web

from llmd_tui.objects import Object
from llmd_tui.simulator.kubernetes.editing import at, listed, mapped, put
from llmd_tui.simulator.kubernetes.encoding import compact, encode
from llmd_tui.simulator.kubernetes.logs import LogOptions, Logs, container_status, since
from llmd_tui.simulator.kubernetes.registry import Registry
from llmd_tui.simulator.kubernetes.requests import Request, Target
from llmd_tui.simulator.kubernetes.responses import answer
from llmd_tui.simulator.kubernetes.selectors import format_selector, label_selector
from llmd_tui.simulator.kubernetes.status import Cause, StatusError, bad_request, conflict, invalid

_SUCCESS: Object = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201}


def pick_container(pod: Object, wanted: str) -> str:
    """The container that a request means: the named one, or the only one. Raises StatusError otherwise."""
    name = pod["metadata"]["name"]
    spec = pod["spec"]
    main = [container["name"] for container in listed(spec, "containers")]
    others = [c["name"] for c in listed(spec, "initContainers") + listed(spec, "ephemeralContainers")]
    if wanted:
        if wanted not in main + others:
            raise bad_request(f"container {wanted} is not valid for pod {name}")
        return wanted
    if len(main) == 1:
        return main[0]
    hint = f" or one of the init containers: [{' '.join(others)}]" if others else ""
    raise bad_request(f"a container name must be specified for pod {name}, choose one of: [{' '.join(main)}]{hint}")


async def send_log(request: Request, target: Target, registry: Registry, logs: Logs) -> web.StreamResponse:
    """GET pods/NAME/log."""
    pod = registry.get(target.kind, target.key).obj
    query = request.query
    container = pick_container(pod, query.get("container", ""))
    previous = request.flag("previous")
    log = logs.find(target.key, container, previous=previous)
    if log is None:
        raise bad_request(f'previous terminated container "{container}" in pod "{target.name}" not found')
    if not previous and not log.lines:
        _check_started(pod, container)
    try:
        options = LogOptions(
            request.flag("follow") and not previous,
            request.flag("timestamps"),
            since(query.get("sinceTime", ""), query.get("sinceSeconds", ""), registry.clock.now()),
            int(query["tailLines"]) if query.get("tailLines") else None,
            int(query["limitBytes"]) if query.get("limitBytes") else None,
        )
    except ValueError as error:
        raise bad_request(f"unable to decode query: {error}") from error
    response = web.StreamResponse(headers={"Content-Type": "text/plain"})
    await response.prepare(request.http)
    async for chunk in logs.read(target.key, container, log, options):
        await response.write(chunk)
    await response.write_eof()
    return response


def _check_started(pod: Object, container: str) -> None:
    """Raises the kubelet's refusal for a container that never ran."""
    name = pod["metadata"]["name"]
    status = container_status(pod, container)
    waits = at(status or {}, "state", "waiting", "reason")
    if not at(pod, "spec", "nodeName"):
        raise bad_request(f"pod {name} does not have a host assigned")
    if waits and not at(status or {}, "lastState", "terminated"):
        raise bad_request(f'container "{container}" in pod "{name}" is waiting to start: {waits}')


def bind(request: Request, target: Target, registry: Registry) -> web.Response:
    """POST pods/NAME/binding: what a scheduler does."""
    write = request.write("CreateOptions", "binding")
    kind = registry.kinds.find("", "v1", "bindings")
    assert kind, "bindings are built in"
    binding = request.object(kind, write)
    node = at(binding, "target", "name")
    if not node:
        raise invalid(kind, target.name, [Cause("target.name", "Required value", "Required")])
    now = registry.now()

    def bound(pod: Object) -> Object:
        if at(pod, "spec", "nodeName"):
            assigned = compact(at(pod, "spec", "nodeName"))
            raise conflict(target.kind, target.name, f"pod {target.name} is already assigned to node {assigned}")
        scheduled = {"type": "PodScheduled", "status": "True", "lastProbeTime": None, "lastTransitionTime": now}
        others = [c for c in listed(pod, "status", "conditions") if c.get("type") != "PodScheduled"]
        pod = put(pod, ("spec", "nodeName"), node)
        return put(pod, ("status", "conditions"), [*others, scheduled])

    registry.update(target.kind, target.key, bound, write)
    return answer(request, encode(_SUCCESS), 201)


def evict(request: Request, target: Target, registry: Registry) -> web.Response:
    """POST pods/NAME/eviction: a deletion that disruption budgets may refuse."""
    pod = registry.get(target.kind, target.key).obj
    labels = mapped(pod["metadata"], "labels")
    for stored in registry.storage.table("poddisruptionbudgets.policy").between(target.namespace):
        budget = stored.obj
        selector = format_selector(at(budget, "spec", "selector"))
        selected = selector != "<none>" and all(holds(labels) for holds in label_selector(selector))
        if selected and not at(budget, "status", "disruptionsAllowed"):
            message = "Cannot evict pod as it would violate the pod's disruption budget."
            name = budget["metadata"]["name"]
            cause = {"reason": "DisruptionBudget", "message": f"The disruption budget {name} does not allow it"}
            raise StatusError(429, "TooManyRequests", message, {"causes": [cause]})
    registry.delete(target.kind, target.key, request.deletion())
    return answer(request, encode(_SUCCESS), 201)
