"""Server-side apply: merges a configuration into an object, and drops what its manager no longer speaks of."""

from collections.abc import Iterator
from typing import Any

from llmd_tui.objects import Object
from llmd_tui.simulator.kubernetes.compare import compare
from llmd_tui.simulator.kubernetes.editing import is_list, is_map
from llmd_tui.simulator.kubernetes.encoding import compact
from llmd_tui.simulator.kubernetes.fields import (
    Fields,
    difference,
    fields_of,
    indexed,
    key_default,
    paths,
    step_of,
    union,
    words,
)
from llmd_tui.simulator.kubernetes.kinds import Kind
from llmd_tui.simulator.kubernetes.managers import (
    UNTRACKED,
    Entry,
    Writer,
    conflicts,
    lessened,
    ordered,
    zero,
)
from llmd_tui.simulator.kubernetes.schema import ANY, SCALARS, Schema
from llmd_tui.simulator.kubernetes.status import StatusError


def apply(live: Object | None, config: Object, kind: Kind, writer: Writer, *, force: bool) -> Object:
    """The object with the configuration in it. Raises StatusError when it does not fit the schema, and, unless
    `force`, when it changes what others manage."""
    schema = kind.schema
    problems = list(misfits(config, schema))
    if problems:
        raise _misfit(config, kind, problems)
    base = live or zero(schema)
    entries: list[Entry] = live["metadata"].get("managedFields", []) if live else []
    mine = next((entry for entry in entries if writer.wrote(entry, kind)), None)
    others = [entry for entry in entries if entry is not mine]
    speaks_of = fields_of(config, schema)
    owns = difference(speaks_of, UNTRACKED)
    merged = merge(base, config, schema)
    if mine:
        owned = speaks_of
        for entry in others:
            owned = union(owned, entry["fieldsV1"])
        merged = pruned(merged, mine["fieldsV1"], owned, schema)
    changed, removed = compare(base, merged, schema)
    changed = difference(changed, UNTRACKED)
    if not force:
        _refuse(conflicts(others, changed))
    kept = [left for entry in others for left in lessened(entry, union(changed, removed))]
    if mine and mine["fieldsV1"] == owns and mine["apiVersion"] == kind.api_version and merged == base:
        kept.append(mine)
    elif owns:
        kept.append(writer.entry(kind, owns))
    metadata = {name: value for name, value in merged["metadata"].items() if name != "managedFields"}
    return {**merged, "metadata": {**metadata, "managedFields": ordered(kept)}}


def merge(old: Any, config: Any, schema: Schema) -> Any:
    """Like a merge patch, but lists with keys merge item by item. Shares what does not change."""
    if is_map(config) and is_map(old) and schema.granular and schema.type != "list":
        result = dict(old)
        for name, value in config.items():
            child = schema.child(name) or ANY
            result[name] = merge(result[name], value, child) if name in result else value
        return old if result == old else result
    if is_list(config) and is_list(old) and schema.type == "list" and schema.granular:
        merged = _merged_list(old, config, schema)
        return old if merged == old else merged
    return old if config == old and type(config) is type(old) else config


def _merged_list(old: list[Any], config: list[Any], schema: Schema) -> list[Any]:
    """In the order of the configuration; what only `old` has stays behind what it stood behind."""
    before, after = indexed(old, schema), indexed(config, schema)
    result: list[Any] = []
    rest = list(before)
    for step, item in after.items():
        while rest and rest[0] not in after:
            result.append(before[rest.pop(0)])
        result.append(merge(before[step], item, schema.items or ANY) if step in before else item)
        if rest and rest[0] == step:
            rest.pop(0)
    return result + [before[step] for step in rest if step not in after]


def pruned(value: Any, last: Fields, owned: Fields, schema: Schema) -> Any:
    """Without what the manager set last and now neither it nor anybody else owns."""
    if is_map(value) and schema.type != "list":
        result = dict(value)
        for step, of in last.items():
            name = step[2:]
            if not step.startswith("f:") or name not in result:
                continue
            child = schema.child(name) or ANY
            if step in owned:
                result[name] = pruned(result[name], of, owned[step], child)
            elif name in schema.properties or not of or "." in of:
                del result[name]
            else:
                result[name] = pruned(result[name], of, {}, child)
            if name in result and result[name] is None:
                del result[name]
        return (result or None) if result != value else value
    if is_list(value) and schema.type == "list":
        return _pruned_list(value, last, owned, schema)
    return value


def _pruned_list(value: list[Any], last: Fields, owned: Fields, schema: Schema) -> Any:
    result: list[Any] = []
    for item in value:
        step = step_of(item, schema) or ""
        of = last.get(step)
        if of is None:
            result.append(item)
        elif step in owned:
            result.append(pruned(item, of, owned[step], schema.items or ANY))
        elif of and "." not in of:
            result.append(pruned(item, of, {}, schema.items or ANY))
    return (result or None) if result != value else value


def _refuse(found: list[tuple[Entry, Fields]]) -> None:
    """Raises the conflict, if there is one."""
    causes: list[dict[str, str]] = []
    groups: list[str] = []
    for entry, fields in sorted(found, key=lambda of: compact(of[0]["manager"])):
        who = compact(entry["manager"])
        if entry.get("subresource"):
            who += f" with subresource {compact(entry['subresource'])}"
        if entry["operation"] == "Update":
            who += f" using {entry['apiVersion']}"
        at = list(paths(fields))
        causes += [{"reason": "FieldManagerConflict", "message": f"conflict with {who}", "field": path} for path in at]
        groups.append(f"conflicts with {who}:\n" + "\n".join(f"- {path}" for path in at))
    if not causes:
        return
    what = f"{causes[0]['message']}: {causes[0]['field']}" if len(causes) == 1 else "\n".join(groups)
    message = f"Apply failed with {len(causes)} conflict{'s' if len(causes) > 1 else ''}: {what}"
    raise StatusError(409, "Conflict", message, {"causes": causes})


def misfits(value: Any, schema: Schema, path: str = "") -> Iterator[str]:
    """Where a configuration does not fit the schema."""
    if value is None or schema.type in ("any", "int-or-string", "quantity", "time"):
        return
    if is_map(value) and schema.type in ("object", "map"):
        for name, item in value.items():
            child = schema.child(name)
            if child is None and not (schema.embedded and name in ("apiVersion", "kind", "metadata")):
                yield f"{path}.{name}: field not declared in schema"
            elif child is not None and not (name == "metadata" and not path and not child.properties):
                yield from misfits(item, child, f"{path}.{name}")
    elif is_list(value) and schema.type == "list" and schema.items:
        yield from _list_misfits(value, schema, schema.items, path)
    elif isinstance(value, dict | list) or schema.type not in SCALARS:
        words = {"object": "map", "map": "map", "list": "list", "boolean": "boolean"}.get(schema.type, "scalar")
        yield f"{path}: expected {words}, got &{{{value}}}"
    elif isinstance(value, str) is not (schema.type == "string") or isinstance(value, bool) is not (
        schema.type == "boolean"
    ):
        words = {"string": "string", "boolean": "boolean"}.get(schema.type, "numeric (int or float)")
        yield f"{path}: expected {words}, got {value}"


def _list_misfits(value: list[Any], schema: Schema, items: Schema, path: str) -> Iterator[str]:
    seen: set[str] = set()
    for at, item in enumerate(value):
        step = step_of(item, schema) if schema.granular else None
        if schema.list_type == "map" and is_map(item):
            missing = next((key for key in schema.keys if key not in item and key_default(key, schema) is None), None)
            if missing:
                why = f'associative list with keys has an element that omits key field "{missing}"'
                yield f"{path}: element {at}: {why} (and doesn't have default value)"
        if step and step in seen:
            yield f"{path}: duplicate entries for key {words(step)}"
        seen.add(step or "")
        yield from misfits(item, items, f"{path}{words(step) if step else f'[{at}]'}")


def _misfit(config: Object, kind: Kind, problems: list[str]) -> StatusError:
    metadata = config["metadata"]
    what = f"{metadata.get('namespace', '')}/{metadata.get('name', '')}; {kind.group}/{kind.version}, Kind={kind.kind}"
    why = problems[0] if len(problems) == 1 else "errors:\n" + "\n".join(f"  {problem}" for problem in problems)
    return StatusError(500, "", f"failed to create typed patch object ({what}): {why}")
