"""Listing: selectors, pages, and lists as they were at an earlier revision."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from llmd_tui.simulator.kubernetes.kinds import Kind
from llmd_tui.simulator.kubernetes.selectors import selects
from llmd_tui.simulator.kubernetes.status import Cause, StatusError, bad_request, expired, invalid_options
from llmd_tui.simulator.kubernetes.storage import Key, Storage, Stored, Table

_TOO_OLD = (
    "The provided continue parameter is too old to display a consistent list result. You can start a new list without "
    "the continue parameter, or use the continue token in this response to retrieve the remainder of the results. "
    "Continuing with the provided token results in an inconsistent list - objects that were created, modified, or "
    "deleted between the time the first chunk was returned and now may show up in the list."
)


@dataclass(frozen=True)
class Page:
    """`meta` is the metadata of the list."""

    items: list[Stored]
    meta: dict[str, Any]


def list_page(storage: Storage, kind: Kind, namespace: str | None, query: Mapping[str, str]) -> Page:
    """The page that a query asks for. Raises StatusError for queries that cannot be answered."""
    matches = selects(kind, query.get("labelSelector", ""), query.get("fieldSelector", ""))
    table = storage.table(kind.table)
    limit, token = _number(query.get("limit", "")), query.get("continue", "")
    revision, after = _start(storage, table, query, token)
    objects, keys = table.objects, table.keys
    if table.history and revision < table.history[-1].now.revision:
        objects, keys = as_of(table, revision)
    found: list[Stored] = []
    left = 0
    more: Key | None = None
    for key in keys:
        if (namespace is not None and key[0] != namespace) or (after is not None and key <= after):
            continue
        stored = objects[key]
        if matches and not matches(stored.obj):
            continue
        if limit > 0 and len(found) == limit:
            more = more or (found[-1].obj["metadata"].get("namespace", ""), found[-1].obj["metadata"]["name"])
            left += 1
        else:
            found.append(stored)
    meta: dict[str, Any] = {"resourceVersion": str(revision)}
    if more:
        meta["continue"] = _token(revision, more)
        if not matches:
            meta["remainingItemCount"] = left
    return Page(found, meta)


def _start(storage: Storage, table: Table, query: Mapping[str, str], token: str) -> tuple[int, Key | None]:
    """The revision to list at, and the key after which to begin."""
    wanted, match = query.get("resourceVersion", ""), query.get("resourceVersionMatch", "")
    if token:
        if wanted not in ("", "0"):
            raise bad_request("specifying resource version is not allowed when using continue")
        return _resumed(storage, table, token)
    if match and not wanted:
        raise _no_match("resourceVersionMatch is forbidden unless resourceVersion is provided")
    asked = revision_of(wanted)
    if asked > storage.revision:
        raise too_large(asked, storage.revision)
    if match == "Exact":
        if asked == 0:
            raise _no_match('resourceVersionMatch "exact" is forbidden for resourceVersion "0"')
        if asked < table.compacted:
            raise expired(f"too old resource version: {asked} ({table.compacted})")
        return asked, None
    return storage.revision, None


def _resumed(storage: Storage, table: Table, token: str) -> tuple[int, Key]:
    try:
        values = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        revision, (namespace, name) = int(values["rv"]), values["start"].rstrip("\0").rsplit("/", 1)
    except (ValueError, KeyError, TypeError) as error:
        raise bad_request(f"invalid continue token: continue key is not valid: {error}") from error
    key = (namespace.strip("/"), name)
    if revision == -1:
        return storage.revision, key
    if revision < table.compacted:
        error = expired(_TOO_OLD)
        error.metadata = {"continue": _token(-1, key)}
        raise error
    return min(revision, storage.revision), key


def _token(revision: int, key: Key) -> str:
    namespace, name = key
    start = f"{namespace}/{name}\0"
    text = json.dumps({"v": "meta.k8s.io/v1", "rv": revision, "start": start}, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def as_of(table: Table, revision: int) -> tuple[dict[Key, Stored], list[Key]]:
    """The table as it was: the changes after that revision undone."""
    objects = dict(table.objects)
    for change in reversed(table.history):
        if change.now.revision <= revision:
            break
        if change.before is None:
            objects.pop(change.key, None)
        else:
            objects[change.key] = change.before
    return objects, sorted(objects)


def revision_of(text: str) -> int:
    """A resource version as a number, 0 for none."""
    if not text:
        return 0
    if not text.isascii() or not text.isdigit():
        why = f'Invalid value: "{text}": strconv.ParseUint: parsing "{text}": invalid syntax'
        raise bad_request(f"invalid resource version: resourceVersion: {why}")
    return int(text)


def too_large(asked: int, current: int) -> StatusError:
    causes = [{"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}]
    message = f"Timeout: Too large resource version: {asked}, current: {current}"
    return StatusError(504, "Timeout", message, {"causes": causes, "retryAfterSeconds": 1})


def _number(text: str) -> int:
    try:
        return int(text or 0)
    except ValueError as error:
        raise bad_request(f'strconv.ParseInt: parsing "{text}": invalid syntax') from error


def _no_match(why: str) -> StatusError:
    return invalid_options("ListOptions", Cause("resourceVersionMatch", f"Forbidden: {why}", "Forbidden"))
