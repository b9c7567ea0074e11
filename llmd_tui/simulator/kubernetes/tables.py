"""Answers as clients asked for them: whole objects, tables, or metadata alone."""

from datetime import datetime
from typing import Any

from llmd_tui.objects import Object
from llmd_tui.simulator.kubernetes.columns import columns_of
from llmd_tui.simulator.kubernetes.columns.pods import row_conditions
from llmd_tui.simulator.kubernetes.conversion import stored_tail
from llmd_tui.simulator.kubernetes.encoding import encode, head
from llmd_tui.simulator.kubernetes.kinds import Kind
from llmd_tui.simulator.kubernetes.negotiation import Form
from llmd_tui.simulator.kubernetes.storage import Stored

_PARTIAL = head("meta.k8s.io/v1", "PartialObjectMetadata")
_PARTIAL_LIST = head("meta.k8s.io/v1", "PartialObjectMetadataList")
_TABLE = head("meta.k8s.io/v1", "Table")


def object_bytes(kind: Kind, stored: Stored, form: Form, now: datetime, include: str = "") -> bytes:
    """One object. `include` is the parameter includeObject of tables: None, Metadata (the default) or Object."""
    if form.of == "table":
        meta = {"resourceVersion": stored.obj["metadata"].get("resourceVersion", "")}
        return table_bytes(kind, [stored], meta, now, include)
    if form.of == "metadata":
        return _PARTIAL + encode({"metadata": stored.obj["metadata"]})[1:]
    return kind.head + stored_tail(stored, kind)


def list_bytes(
    kind: Kind, items: list[Stored], meta: dict[str, Any], form: Form, now: datetime, include: str = ""
) -> bytes:
    """A list. Items of built-in kinds come without kind and apiVersion, as the list says them for all."""
    if form.of == "table":
        return table_bytes(kind, items, meta, now, include)
    if form.of == "metadata":
        listed = [_PARTIAL + encode({"metadata": item.obj["metadata"]})[1:] for item in items]
        return b"".join((_PARTIAL_LIST, b'"metadata":', encode(meta), b',"items":[', b",".join(listed), b"]}"))
    opening = kind.head if kind.custom else b"{"
    body = b",".join([opening + stored_tail(item, kind) for item in items])
    return b"".join((kind.list_head, b'"metadata":', encode(meta), b',"items":[', body, b"]}"))


def table_bytes(
    kind: Kind, items: list[Stored], meta: dict[str, Any], now: datetime, include: str = "", *, columns: bool = True
) -> bytes:
    """A table, with or without the definitions of its columns."""
    table: dict[str, Any] = {"metadata": meta}
    shown = columns_of(kind)
    table["columnDefinitions"] = [column.definition() for column in shown] if columns else []
    table["rows"] = [_row(kind, item, [column.cell(item.obj, now) for column in shown], include) for item in items]
    return _TABLE + encode(table)[1:]


def _row(kind: Kind, item: Stored, cells: list[Any], include: str) -> Object:
    row: Object = {"cells": cells}
    conditions = row_conditions(item.obj) if kind.table == "pods" else []
    if conditions:
        row["conditions"] = conditions
    if include == "None":
        row["object"] = None
    elif include == "Object":
        row["object"] = item.obj
    else:
        meta = {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": item.obj["metadata"]}
        row["object"] = meta
    return row
