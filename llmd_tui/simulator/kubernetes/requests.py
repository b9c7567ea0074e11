"""What a request asks for: the parts of its path, its parameters, its body."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from llmd_tui.objects import Object
from llmd_tui.simulator.kubernetes import protobuf
from llmd_tui.simulator.kubernetes.decoding import FieldValidation, parse
from llmd_tui.simulator.kubernetes.deletion import Deletion
from llmd_tui.simulator.kubernetes.editing import is_list, is_map, mapped
from llmd_tui.simulator.kubernetes.encoding import compact
from llmd_tui.simulator.kubernetes.kinds import Kind, Kinds
from llmd_tui.simulator.kubernetes.negotiation import Form, accepted
from llmd_tui.simulator.kubernetes.registry import Write
from llmd_tui.simulator.kubernetes.status import (
    Cause,
    bad_request,
    invalid_options,
    no_such_resource,
    unsupported_media_type,
)
from llmd_tui.simulator.kubernetes.storage import Key

_VALIDATIONS = ("", "Ignore", "Warn", "Strict")
_OBJECTS = ("application/json", "application/yaml", "application/*", "*/*", "application/octet-stream", "")


@dataclass(frozen=True)
class Target:
    """A kind, and in it all objects, those of a namespace, or one of them. `namespace` is None for all namespaces."""

    kind: Kind
    namespace: str | None
    name: str
    subresource: str

    @property
    def key(self) -> Key:
        return (self.namespace or "" if self.kind.namespaced else "", self.name)


def target_of(path: str, kinds: Kinds) -> Target | None:
    """None when the path is none of a resource's. Raises StatusError when there is no such resource."""
    parts = path.strip("/").split("/")
    if parts[0] == "api" and len(parts) > 2:
        group, version, rest = "", parts[1], parts[2:]
    elif parts[0] == "apis" and len(parts) > 3:
        group, version, rest = parts[1], parts[2], parts[3:]
    else:
        return None
    if not kinds.serves(group, version):
        return None
    namespace = None
    if rest[0] == "namespaces" and len(rest) > 2 and rest[2] not in ("status", "finalize"):
        namespace, rest = rest[1], rest[2:]
    kind = kinds.find(group, version, rest[0])
    name = rest[1] if len(rest) > 1 else ""
    wrong_scope = kind and (kind.namespaced is (namespace is None)) and (name or not kind.namespaced)
    if kind is None or wrong_scope or len(rest) > 3:
        raise no_such_resource()
    return Target(kind, namespace, name, rest[2] if len(rest) > 2 else "")


@dataclass
class Request:
    """A request with its body read. `warnings` go out with the response."""

    http: web.BaseRequest
    body: bytes
    query: Mapping[str, str]
    warnings: list[str]

    @property
    def method(self) -> str:
        return self.http.method

    @property
    def content_type(self) -> str:
        return self.http.headers.get("Content-Type", "").split(";")[0].strip()

    @property
    def form(self) -> Form:
        return accepted(self.http.headers.get("Accept", ""))

    @property
    def manager(self) -> str:
        """The field manager: as named, or the program that asks."""
        program = self.http.headers.get("User-Agent", "unknown").split("/")[0]
        return self.query.get("fieldManager") or program[:128]

    def flag(self, name: str) -> bool:
        return self.query.get(name) in ("true", "1", "True")

    def write(self, options: str, subresource: str = "", *, applied: bool = False) -> Write:
        """How this request writes. `options` names the parameters in refusals: CreateOptions, PatchOptions ..."""
        mode = self.query.get("fieldValidation", "")
        if mode not in _VALIDATIONS:
            supported = '"", "Ignore", "Strict", "Warn"'
            why = f'Unsupported value: "{mode}": supported values: {supported}'
            raise invalid_options(options, Cause("fieldValidation", why, "NotSupported"))
        validation = FieldValidation(mode or "Warn", self.warnings)
        return Write(self.manager, subresource, _dry_run(self.query.get("dryRun", ""), options), applied, validation)

    def object(self, kind: Kind, write: Write) -> Object:
        """The object in the body. Raises StatusError when it is none of this kind."""
        if self.content_type == protobuf.CONTENT_TYPE:
            return typed(protobuf.from_protobuf(self.body), kind)
        if self.content_type not in _OBJECTS:
            raise unsupported_media_type()
        return typed(parse(self.body, write.validation, content_type=self.content_type), kind)

    def deletion(self) -> Deletion:
        """DeleteOptions, from the body and the parameters."""
        body: Any = {}
        if self.content_type == protobuf.CONTENT_TYPE:
            body = protobuf.from_protobuf(self.body)
        elif self.body.strip():
            body = parse(self.body, content_type=self.content_type)
        if not is_map(body):
            raise bad_request("couldn't get version/kind; json parse error: DeleteOptions expected")
        options: dict[str, Any] = {**self.query, **body}
        conditions = mapped(options, "preconditions")
        grace = options.get("gracePeriodSeconds")
        propagation = options.get("propagationPolicy")
        if propagation is None and str(options.get("orphanDependents", "")).lower() in ("true", "false"):
            propagation = "Orphan" if str(options["orphanDependents"]).lower() == "true" else "Background"
        if propagation not in (None, "Orphan", "Background", "Foreground"):
            supported = '"Foreground", "Background", "Orphan"'
            why = f'Unsupported value: "{propagation}": supported values: {supported}'
            raise invalid_options("DeleteOptions", Cause("propagationPolicy", why, "NotSupported"))
        dry = options.get("dryRun") or ""
        return Deletion(
            None if grace is None else int(grace),
            propagation,
            conditions.get("uid"),
            conditions.get("resourceVersion"),
            _dry_run(",".join(dry) if is_list(dry) else str(dry), "DeleteOptions"),
        )


def _dry_run(text: str, options: str) -> bool:
    if text not in ("", "All"):
        why = f'Unsupported value: "{text}": supported values: "All"'
        raise invalid_options(options, Cause("dryRun", why, "NotSupported"))
    return text == "All"


def typed(body: Any, kind: Kind) -> Object:
    """The body as an object of this kind. Built-in kinds need not say what they are."""
    what = f"the object provided is unrecognized (must be of type {kind.kind})"
    if not is_map(body):
        raise bad_request(what)
    if kind.custom and not body.get("kind"):
        raise bad_request(f"{what}: Object 'Kind' is missing in '{compact(body)}'")
    said, version = body.get("kind") or kind.kind, body.get("apiVersion") or kind.api_version
    if said != kind.kind:
        raise bad_request(f'{said} in version "{kind.version}" cannot be handled as a {kind.kind}: unknown conversion')
    if version != kind.api_version:
        raise bad_request(
            f"the API version in the data ({version}) does not match the expected API version ({kind.api_version})"
        )
    metadata: Any = body.get("metadata") or {}
    if not is_map(metadata):
        raise bad_request(f"{kind.kind} cannot be handled: metadata is no object")
    return {**body, "metadata": metadata}
