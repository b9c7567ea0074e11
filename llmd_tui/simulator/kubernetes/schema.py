"""What a value may look like, and how lists and maps of it merge: of built-in types and of custom resources alike."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from llmd_tui.simulator.kubernetes.derived import Derive
from llmd_tui.simulator.kubernetes.editing import is_map, mapped

SCALARS = frozenset({"string", "integer", "number", "boolean", "int-or-string", "quantity", "time"})


@dataclass(slots=True, eq=False)
class Schema:
    """`type` is "object", "map", "list", "any" or one of `SCALARS`.

    `go` is how Go names a built-in type, for its error messages; `zeros` are the fields that Go writes even when nobody
    set them. `rules` are the keywords of OpenAPI that judge a value of a custom resource (enum, pattern, minimum ...).
    """

    type: str
    go: str = ""
    properties: dict[str, "Schema"] = field(default_factory=dict[str, "Schema"])
    zeros: dict[str, Any] = field(default_factory=dict[str, Any])
    defaults: dict[str, Any] = field(default_factory=dict[str, Any])
    derive: Derive | None = None
    required: tuple[str, ...] = ()
    values: "Schema | None" = None
    items: "Schema | None" = None
    list_type: str = "atomic"
    keys: tuple[str, ...] = ()
    atomic: bool = False
    merge: bool = False
    merge_key: str | None = None
    retain_keys: bool = False
    open: bool = False
    nullable: bool = False
    embedded: bool = False
    rules: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def child(self, key: str) -> "Schema | None":
        """The schema of one field. None when the field is unknown here."""
        return self.properties.get(key) or self.values or (ANY if self.open else None)

    @property
    def granular(self) -> bool:
        """Whether managers can own fields beneath a value of this, rather than the whole of it alone."""
        return self.list_type != "atomic" if self.type == "list" else not self.atomic


ANY = Schema("any", open=True)
"""Without a schema maps merge key by key and lists are replaced."""

_RULES = (
    "enum",
    "pattern",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "minProperties",
    "maxProperties",
)


def structural(definition: Mapping[str, Any]) -> Schema:
    """The schema of a custom resource, from `openAPIV3Schema`."""
    kind = definition.get("type", "")
    if definition.get("x-kubernetes-int-or-string"):
        kind = "int-or-string"
    schema = Schema(
        {"array": "list", "": "any"}.get(kind, kind),
        atomic=definition.get("x-kubernetes-map-type") == "atomic",
        open=bool(definition.get("x-kubernetes-preserve-unknown-fields")) or not kind,
        nullable=bool(definition.get("nullable")),
        embedded=bool(definition.get("x-kubernetes-embedded-resource")),
        required=tuple(definition.get("required", ())),
        rules={rule: definition[rule] for rule in _RULES if rule in definition},
    )
    if schema.type == "list":
        schema.items = structural(mapped(definition, "items"))
        schema.list_type = definition.get("x-kubernetes-list-type", "atomic")
        schema.keys = tuple(definition.get("x-kubernetes-list-map-keys", ()))
    if schema.type == "object":
        _fill(schema, definition)
    return schema


def _fill(schema: Schema, definition: Mapping[str, Any]) -> None:
    for name, of in mapped(definition, "properties").items():
        schema.properties[name] = structural(of)
        if "default" in of:
            schema.defaults[name] = of["default"]
    additional = definition.get("additionalProperties")
    if additional is True:
        schema.open = True
    elif is_map(additional):
        schema.type, schema.values = "map", structural(additional)
