"""The verbs on objects: get, list, create, update, patch, apply, delete."""

from collections.abc import Callable
from typing import Any

from aiohttp import web

from llmd_tui.objects import Object
from llmd_tui.simulator.kubernetes.apply import apply
from llmd_tui.simulator.kubernetes.conversion import from_stored, to_stored
from llmd_tui.simulator.kubernetes.decoding import parse
from llmd_tui.simulator.kubernetes.editing import is_map, mapped
from llmd_tui.simulator.kubernetes.encoding import encode
from llmd_tui.simulator.kubernetes.kinds import Kind
from llmd_tui.simulator.kubernetes.lists import list_page, revision_of, too_large
from llmd_tui.simulator.kubernetes.managers import Writer
from llmd_tui.simulator.kubernetes.patch import json_patch, merge_patch
from llmd_tui.simulator.kubernetes.registry import Registry, Write
from llmd_tui.simulator.kubernetes.requests import Request, Target, typed
from llmd_tui.simulator.kubernetes.responses import answer
from llmd_tui.simulator.kubernetes.scale import scale_of, scaled
from llmd_tui.simulator.kubernetes.status import (
    Cause,
    StatusError,
    bad_request,
    invalid_options,
    method_not_allowed,
    no_such_resource,
    success,
    unsupported_media_type,
)
from llmd_tui.simulator.kubernetes.storage import Stored
from llmd_tui.simulator.kubernetes.strategic import strategic_merge
from llmd_tui.simulator.kubernetes.tables import list_bytes, object_bytes

_MERGE = "application/merge-patch+json"
_STRATEGIC = "application/strategic-merge-patch+json"
_JSON = "application/json-patch+json"
_APPLY = ("application/apply-patch+yaml", "application/apply-patch+json")
_VERBS = {"GET": "get", "POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}
_RETURNS_DELETED = frozenset(
    {
        "namespaces",
        "persistentvolumeclaims",
        "persistentvolumes",
        "pods",
        "podtemplates",
        "resourcequotas",
        "serviceaccounts",
        "services",
    }
)
_RETURNS_DELETED_GROUPS = ("resource.k8s.io", "storage.k8s.io")


class Objects:
    """Answers requests for objects and their status and scale."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def handle(self, request: Request, target: Target) -> web.Response:
        kind, verb = target.kind, _VERBS.get(request.method, "")
        if target.subresource not in ("", "status", "scale", "finalize"):
            raise no_such_resource()
        if (target.subresource == "status" and not kind.status) or (target.subresource == "scale" and not kind.scale):
            raise no_such_resource()
        if not target.name:
            verb = {"get": "list", "delete": "deletecollection"}.get(verb, verb)
        fits = (verb in ("create", "list", "deletecollection")) is not bool(target.name)
        if verb not in kind.verbs or not fits:
            raise method_not_allowed()
        if target.subresource == "scale":
            return self._scale(request, target)
        return getattr(self, f"_{verb}")(request, target)

    def _respond(self, request: Request, kind: Kind, stored: Stored, code: int = 200) -> web.Response:
        now, include = self._registry.clock.now(), request.query.get("includeObject", "")
        return answer(request, object_bytes(kind, stored, request.form, now, include), code)

    def _get(self, request: Request, target: Target) -> web.Response:
        asked = revision_of(request.query.get("resourceVersion", ""))
        if asked > self._registry.storage.revision:
            raise too_large(asked, self._registry.storage.revision)
        return self._respond(request, target.kind, self._registry.get(target.kind, target.key))

    def _list(self, request: Request, target: Target) -> web.Response:
        form, include = request.form, request.query.get("includeObject", "")
        page = list_page(self._registry.storage, target.kind, target.namespace, request.query)
        return answer(
            request, list_bytes(target.kind, page.items, page.meta, form, self._registry.clock.now(), include)
        )

    def _create(self, request: Request, target: Target) -> web.Response:
        write = request.write("CreateOptions")
        sent = request.object(target.kind, write)
        _check_namespace(sent, target)
        kind, sent = self._stored_form(target.kind, sent)
        stored = self._registry.create(kind, target.key[0], sent, write)
        return self._respond(request, target.kind, stored, 201)

    def _update(self, request: Request, target: Target) -> web.Response:
        write = request.write("UpdateOptions", target.subresource)
        sent = request.object(target.kind, write)
        _check_namespace(sent, target)
        kind, sent = self._stored_form(target.kind, sent)
        if kind.upsert and not target.subresource and not self._registry.storage.get(kind.table, target.key):
            stored = self._registry.create(kind, target.key[0], sent, write)
            return self._respond(request, target.kind, stored, 201)
        return self._respond(request, target.kind, self._registry.update(kind, target.key, lambda old: sent, write))

    def _patch(self, request: Request, target: Target) -> web.Response:
        if request.content_type in _APPLY:
            return self._apply(request, target)
        write = request.write("PatchOptions", target.subresource)
        change = _patcher(request, target.kind)

        def patched(old: Object) -> Object:
            result = change(from_stored(old, target.kind))
            if not is_map(result):
                raise StatusError(422, "Invalid", "the server rejected our request due to an error in our request", {})
            return self._stored_form(target.kind, typed(result, target.kind))[1]

        kind = self._stored_form(target.kind, {})[0]
        return self._respond(request, target.kind, self._registry.update(kind, target.key, patched, write))

    def _apply(self, request: Request, target: Target) -> web.Response:
        kind = target.kind
        if not request.query.get("fieldManager"):
            why = "Required value: is required for apply patch"
            raise invalid_options("PatchOptions", Cause("fieldManager", why, "Required"))
        write = request.write("PatchOptions", target.subresource, applied=True)
        config = _configuration(request, target, write)
        writer = Writer(write.manager, "Apply", write.subresource, self._registry.now())
        force = request.flag("force")
        if not self._registry.storage.get(kind.table, target.key):
            if write.subresource:
                self._registry.get(kind, target.key)
            made = apply(None, config, kind, writer, force=force)
            return self._respond(request, kind, self._registry.create(kind, target.key[0], made, write), 201)
        stored = self._registry.update(
            kind, target.key, lambda old: apply(old, config, kind, writer, force=force), write
        )
        return self._respond(request, kind, stored)

    def _delete(self, request: Request, target: Target) -> web.Response:
        if target.subresource:
            raise method_not_allowed()
        kind = target.kind
        stored, gone = self._registry.delete(self._stored_form(kind, {})[0], target.key, request.deletion())
        if gone and kind.table not in _RETURNS_DELETED and kind.group not in _RETURNS_DELETED_GROUPS:
            return answer(request, encode(success(kind, target.name, stored.obj["metadata"]["uid"])))
        return self._respond(request, kind, stored)

    def _deletecollection(self, request: Request, target: Target) -> web.Response:
        options = request.deletion()
        stored_kind = self._stored_form(target.kind, {})[0]
        page = list_page(self._registry.storage, target.kind, target.namespace, request.query)
        for item in page.items:
            metadata = item.obj["metadata"]
            self._registry.delete(stored_kind, (metadata.get("namespace", ""), metadata["name"]), options)
        return answer(request, list_bytes(target.kind, page.items, page.meta, request.form, self._registry.clock.now()))

    def _scale(self, request: Request, target: Target) -> web.Response:
        kind, scale = target.kind, target.kind.scale
        assert scale, "checked before"
        stored = self._registry.get(kind, target.key)
        if request.method in ("PUT", "PATCH"):
            write = request.write("PatchOptions", "scale")
            sent = parse(request.body, content_type=request.content_type)

            def change(old: Object) -> Object:
                if request.content_type == _JSON:
                    wanted = json_patch(scale_of(old, scale, kind), sent)
                else:
                    wanted = merge_patch(scale_of(old, scale, kind), sent)
                if (version := wanted["metadata"].get("resourceVersion")) != old["metadata"]["resourceVersion"]:
                    return {**old, "metadata": {**old["metadata"], "resourceVersion": version}}
                return scaled(old, scale, wanted)

            stored = self._registry.update(kind, target.key, change, write)
        elif request.method != "GET":
            raise method_not_allowed()
        return answer(request, encode(scale_of(stored.obj, scale, kind)))

    def _stored_form(self, kind: Kind, obj: Object) -> tuple[Kind, Object]:
        """What is written for an object of this kind, and as what."""
        stored = kind if kind.custom else self._registry.kinds.of_table(kind.table) or kind
        return stored, to_stored(obj, kind) if stored is not kind else obj


def _check_namespace(obj: Object, target: Target) -> None:
    said = obj["metadata"].get("namespace")
    if said and said != target.key[0]:
        raise bad_request("the namespace of the provided object does not match the namespace sent on the request")


def _patcher(request: Request, kind: Kind) -> Callable[[Object], Any]:
    patch = parse(request.body, content_type=request.content_type)
    if request.content_type == _JSON:
        return lambda obj: json_patch(obj, patch)
    if not is_map(patch):
        raise bad_request("json: cannot unmarshal array into Go value of type map[string]interface {}")
    fields = patch
    if request.content_type == _MERGE:
        return lambda obj: merge_patch(obj, fields)
    if request.content_type == _STRATEGIC and not kind.custom:
        return lambda obj: strategic_merge(obj, fields, kind.schema)
    raise unsupported_media_type()


def _configuration(request: Request, target: Target, write: Write) -> Object:
    """What is to be applied, without what this endpoint does not take. Raises StatusError for another object."""
    kind = target.kind
    body: Any = parse(request.body, write.validation, content_type="application/yaml")
    if not is_map(body):
        raise bad_request("error decoding YAML: an object is expected")
    config: Object = {**body, "metadata": mapped(body, "metadata")}
    group, _, version = str(config.get("apiVersion", "")).rpartition("/")
    if (group, version, config.get("kind")) != (kind.group, kind.version, kind.kind):
        raise bad_request(f"invalid object type: {group}/{version}, Kind={config.get('kind', '')}")
    metadata = config["metadata"]
    if metadata.get("managedFields"):
        raise bad_request("metadata.managedFields must be nil")
    if metadata.get("name", target.name) != target.name:
        why = f"the name of the object ({metadata['name']}) does not match the name on the URL ({target.name})"
        raise bad_request(why)
    _check_namespace(config, target)
    config["metadata"] = {**metadata, "name": target.name}
    if kind.status:
        if write.subresource == "status":
            return {name: config[name] for name in ("apiVersion", "kind", "metadata", "status") if name in config}
        config.pop("status", None)
    return config
