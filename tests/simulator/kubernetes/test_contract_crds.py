"""Custom resources: their definitions, and what these make the server do."""

import uuid
from collections.abc import AsyncGenerator
from typing import Any

import pytest

from llmd_tui.objects import Object, is_true
from tests.simulator.kubernetes.api import APPLY, MERGE, STRATEGIC, TABLE, Answer, Api

CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"

SCHEMA: Object = {
    "type": "object",
    "properties": {
        "spec": {
            "type": "object",
            "required": ["size"],
            "properties": {
                "size": {"type": "integer", "minimum": 1, "maximum": 9},
                "colour": {"type": "string", "enum": ["red", "blue"], "default": "red"},
                "code": {"type": "string", "pattern": "^[a-z]+$"},
                "port": {"x-kubernetes-int-or-string": True, "anyOf": [{"type": "integer"}, {"type": "string"}]},
                "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
                "map": {"type": "object", "additionalProperties": {"type": "string"}},
                "maybe": {"type": "string", "nullable": True},
                "tags": {"type": "array", "maxItems": 3, "items": {"type": "string"}, "x-kubernetes-list-type": "set"},
                "parts": {
                    "type": "array",
                    "x-kubernetes-list-type": "map",
                    "x-kubernetes-list-map-keys": ["name"],
                    "items": {
                        "type": "object",
                        "required": ["name"],
                        "properties": {
                            "name": {"type": "string"},
                            "count": {"type": "integer", "default": 1},
                        },
                    },
                },
            },
        },
        "status": {
            "type": "object",
            "properties": {
                "replicas": {"type": "integer"},
                "selector": {"type": "string"},
                "conditions": {
                    "type": "array",
                    "items": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
                },
            },
        },
    },
}
COLUMNS = [
    {"name": "Size", "type": "integer", "jsonPath": ".spec.size"},
    {"name": "Ready", "type": "string", "jsonPath": '.status.conditions[?(@.type=="Ready")].status'},
    {"name": "First", "type": "string", "jsonPath": ".spec.parts[0].name", "priority": 1},
    {"name": "Age", "type": "date", "jsonPath": ".metadata.creationTimestamp"},
]


def definition(group: str, plural: str = "gadgets", kind: str = "Gadget", **version: Any) -> Object:
    first = {
        "name": "v1",
        "served": True,
        "storage": True,
        "schema": {"openAPIV3Schema": SCHEMA},
        "subresources": {
            "status": {},
            "scale": {
                "specReplicasPath": ".spec.size",
                "statusReplicasPath": ".status.replicas",
                "labelSelectorPath": ".status.selector",
            },
        },
        "additionalPrinterColumns": COLUMNS,
    } | version
    names = {"plural": plural, "kind": kind, "shortNames": ["gd"], "categories": ["all"]}
    spec = {"group": group, "scope": "Namespaced", "names": names, "versions": [first]}
    return {"metadata": {"name": f"{plural}.{group}"}, "spec": spec}


def established(answer: Answer) -> bool:
    return answer.code == 200 and is_true(answer.body, "Established")


class Gadgets:
    """A definition and where its objects are."""

    def __init__(self, group: str, ns: str) -> None:
        self.group = group
        self.crd = f"{CRDS}/gadgets.{group}"
        self.path = ns.replace("/api/v1", f"/apis/{group}/v1") + "/gadgets"
        self.head = {"apiVersion": f"{group}/v1", "kind": "Gadget"}

    def body(self, name: str, **spec: Any) -> Object:
        return self.head | {"metadata": {"name": name}, "spec": {"size": 1} | spec}


async def defined(api: Api, body: Object) -> None:
    await api.post(CRDS, body)
    await api.until(f"{CRDS}/{body['metadata']['name']}", established)
    for version in body["spec"]["versions"]:
        path = f"/apis/{body['spec']['group']}/{version['name']}/{body['spec']['names']['plural']}"
        await api.until(path, lambda answer: answer.code == 200)


@pytest.fixture
async def gadgets(api: Api, ns: str) -> AsyncGenerator[Gadgets]:
    made = Gadgets(f"g{uuid.uuid4().hex[:8]}.example.com", ns)
    await defined(api, definition(made.group))
    yield made
    await api.call("DELETE", made.crd)


async def test_a_definition_is_established(api: Api, gadgets: Gadgets) -> None:
    crd = await api.get(gadgets.crd)
    conditions = {condition["type"]: condition for condition in crd["status"]["conditions"]}
    assert (conditions["NamesAccepted"]["status"], conditions["NamesAccepted"]["reason"]) == ("True", "NoConflicts")
    assert (conditions["Established"]["status"], conditions["Established"]["reason"]) == (
        "True",
        "InitialNamesAccepted",
    )
    assert crd["status"]["storedVersions"] == ["v1"]
    names = {"plural": "gadgets", "singular": "gadget", "kind": "Gadget", "listKind": "GadgetList"}
    assert crd["status"]["acceptedNames"] == names | {"shortNames": ["gd"], "categories": ["all"]}
    assert crd["spec"]["conversion"] == {"strategy": "None"}


async def test_discovery_knows_it(api: Api, gadgets: Gadgets) -> None:
    found = await api.until(f"/apis/{gadgets.group}/v1", lambda answer: answer.code == 200)
    rows = {row["name"]: row for row in found.body["resources"]}
    assert set(rows) == {"gadgets", "gadgets/status", "gadgets/scale"}
    gadget_row = rows["gadgets"]
    assert (gadget_row["kind"], gadget_row["singularName"], gadget_row["namespaced"]) == ("Gadget", "gadget", True)
    assert (gadget_row["shortNames"], gadget_row["categories"]) == (["gd"], ["all"])
    assert sorted(gadget_row["verbs"]) == sorted(
        ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"]
    )
    scale = rows["gadgets/scale"]
    assert (scale["group"], scale["version"], scale["kind"]) == ("autoscaling", "v1", "Scale")
    groups = await api.until("/apis", lambda answer: gadgets.group in {g["name"] for g in answer.body["groups"]})
    assert groups


async def test_objects_are_kept(api: Api, gadgets: Gadgets) -> None:
    made = await api.post(gadgets.path, gadgets.body("one", port="http", map={"a": "b"}))
    assert (made["kind"], made["apiVersion"]) == ("Gadget", f"{gadgets.group}/v1")
    assert made["spec"] == {"size": 1, "colour": "red", "port": "http", "map": {"a": "b"}}
    assert made["metadata"]["generation"] == 1
    assert await api.get(f"{gadgets.path}/one") == made
    found = await api.get(gadgets.path)
    assert (found["kind"], found["apiVersion"]) == ("GadgetList", f"{gadgets.group}/v1")
    assert found["items"] == [made]
    changed = await api.patch(f"{gadgets.path}/one", {"spec": {"size": 2}})
    assert (changed["spec"]["size"], changed["metadata"]["generation"]) == (2, 2)
    gone = await api.delete(f"{gadgets.path}/one")
    assert gone["status"] == "Success"


async def test_objects_say_what_they_are(api: Api, gadgets: Gadgets) -> None:
    answer = await api.call("POST", gadgets.path, {"metadata": {"name": "one"}, "spec": {"size": 1}})
    assert (answer.code, answer.reason) == (400, "BadRequest")
    assert "the object provided is unrecognized (must be of type Gadget)" in answer.message
    assert "Object 'Kind' is missing in" in answer.message


async def test_defaults_and_unknown_fields(api: Api, gadgets: Gadgets) -> None:
    body = gadgets.body("one", odd=1, free={"any": {"thing": 1}}, maybe=None, colour=None, parts=[{"name": "a"}])
    answer = await api.call("POST", gadgets.path, body)
    assert answer.warnings == ['299 - "unknown field \\"spec.odd\\""']
    assert answer.body["spec"] == {
        "size": 1,
        "colour": "red",
        "free": {"any": {"thing": 1}},
        "maybe": None,
        "parts": [{"name": "a", "count": 1}],
    }
    answer = await api.call("POST", gadgets.path, gadgets.body("two", odd=1), fieldValidation="Strict")
    assert (answer.code, answer.reason) == (400, "BadRequest")
    assert 'strict decoding error: unknown field "spec.odd"' in answer.message


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({"size": None}, "spec.size: Required value"),
        ({"size": "big"}, 'spec.size: Invalid value: "string": spec.size in body must be of type integer: "string"'),
        ({"size": 0}, "spec.size: Invalid value: 0: spec.size in body should be greater than or equal to 1"),
        ({"size": 10}, "spec.size: Invalid value: 10: spec.size in body should be less than or equal to 9"),
        ({"colour": "grey"}, 'spec.colour: Unsupported value: "grey": supported values: "red", "blue"'),
        ({"code": "A1"}, "spec.code: Invalid value: \"A1\": spec.code in body should match '^[a-z]+$'"),
        (
            {"map": {"a": 1}},
            'spec.map.a: Invalid value: "integer": spec.map.a in body must be of type string: "integer"',
        ),
        ({"parts": [{"count": 2}]}, "spec.parts[0].name: Required value"),
    ],
)
async def test_what_the_schema_refuses(api: Api, gadgets: Gadgets, spec: Object, message: str) -> None:
    answer = await api.call("POST", gadgets.path, gadgets.body("one", **spec))
    assert (answer.code, answer.reason) == (422, "Invalid")
    assert answer.message.startswith(f'Gadget.{gadgets.group} "one" is invalid: ')
    assert message in answer.message
    assert answer.body["details"]["group"] == gadgets.group


async def test_status_is_written_apart(api: Api, gadgets: Gadgets) -> None:
    made = await api.post(gadgets.path, gadgets.body("one") | {"status": {"replicas": 3}})
    assert "status" not in made
    patch = {"status": {"replicas": 3}, "spec": {"size": 9}, "metadata": {"labels": {"a": "b"}}}
    changed = await api.patch(f"{gadgets.path}/one/status", patch)
    assert (changed["status"], changed["spec"]["size"], changed["metadata"]["generation"]) == ({"replicas": 3}, 1, 1)
    assert "labels" not in changed["metadata"]
    changed = await api.patch(f"{gadgets.path}/one", {"status": {"replicas": 4}, "spec": {"size": 2}})
    assert (changed["status"], changed["spec"]["size"]) == ({"replicas": 3}, 2)
    whole = changed | {"status": {"replicas": 5}}
    assert (await api.put(f"{gadgets.path}/one/status", whole))["status"] == {"replicas": 5}


async def test_scale(api: Api, gadgets: Gadgets) -> None:
    await api.post(gadgets.path, gadgets.body("one", size=2))
    await api.patch(f"{gadgets.path}/one/status", {"status": {"replicas": 1, "selector": "a=b"}})
    scale = await api.get(f"{gadgets.path}/one/scale")
    assert (scale["kind"], scale["apiVersion"]) == ("Scale", "autoscaling/v1")
    assert (scale["spec"], scale["status"]) == ({"replicas": 2}, {"replicas": 1, "selector": "a=b"})
    scaled = await api.patch(f"{gadgets.path}/one/scale", {"spec": {"replicas": 4}})
    assert scaled["spec"] == {"replicas": 4}
    scale["spec"]["replicas"] = 5
    assert (await api.call("PUT", f"{gadgets.path}/one/scale", scale)).code == 409
    assert (await api.get(f"{gadgets.path}/one"))["spec"]["size"] == 4


async def test_patches(api: Api, gadgets: Gadgets) -> None:
    await api.post(gadgets.path, gadgets.body("one"))
    answer = await api.call("PATCH", f"{gadgets.path}/one", {"spec": {"size": 2}}, content_type=STRATEGIC)
    assert (answer.code, answer.reason) == (415, "UnsupportedMediaType")
    answer = await api.call("PATCH", f"{gadgets.path}/one", {"spec": {"size": "x"}}, content_type=MERGE)
    assert (answer.code, answer.reason) == (422, "Invalid")


async def test_apply(api: Api, gadgets: Gadgets) -> None:
    body = gadgets.body("one", parts=[{"name": "a"}], tags=["x"], free={"k": {"l": 1}})
    applied = await api.apply(f"{gadgets.path}/one", body, "m")
    (entry,) = applied["metadata"]["managedFields"]
    assert entry["fieldsV1"] == {
        "f:spec": {
            "f:size": {},
            "f:parts": {'k:{"name":"a"}': {".": {}, "f:name": {}}},
            "f:tags": {'v:"x"': {}},
            "f:free": {"f:k": {".": {}, "f:l": {}}},
        }
    }
    other = gadgets.head | {"metadata": {"name": "one"}, "spec": {"parts": [{"name": "b", "count": 2}], "tags": ["y"]}}
    both = await api.apply(f"{gadgets.path}/one", other, "n")
    assert both["spec"]["parts"] == [{"name": "a", "count": 1}, {"name": "b", "count": 2}]
    assert both["spec"]["tags"] == ["x", "y"]
    left = await api.apply(f"{gadgets.path}/one", gadgets.body("one"), "m")
    assert left["spec"] == {"size": 1, "colour": "red", "parts": [{"name": "b", "count": 2}], "tags": ["y"]}
    odd = gadgets.body("one", odd=1)
    answer = await api.call("PATCH", f"{gadgets.path}/one", odd, content_type=APPLY, fieldManager="m")
    assert answer.code == 500
    assert answer.message.endswith(".spec.odd: field not declared in schema")


async def test_printer_columns(api: Api, gadgets: Gadgets) -> None:
    await api.post(gadgets.path, gadgets.body("one", size=3, parts=[{"name": "a"}]))
    status = {"status": {"conditions": [{"type": "Other", "status": "False"}, {"type": "Ready", "status": "True"}]}}
    await api.patch(f"{gadgets.path}/one/status", status)
    await api.post(gadgets.path, gadgets.body("two"))
    table = await api.get(gadgets.path, accept=TABLE)
    assert [(c["name"], c["type"], c["priority"]) for c in table["columnDefinitions"]] == [
        ("Name", "string", 0),
        ("Size", "integer", 0),
        ("Ready", "string", 0),
        ("First", "string", 1),
        ("Age", "date", 0),
    ]
    first, second = (row["cells"] for row in table["rows"])
    assert first[:4] == ["one", 3, "True", "a"]
    assert second[:4] == ["two", 1, None, None]
    assert first[4].endswith("s")


async def test_versions_share_their_objects(api: Api, ns: str) -> None:
    group = f"g{uuid.uuid4().hex[:8]}.example.com"
    body = definition(group)
    older = {"name": "v1beta1", "served": True, "storage": False, "schema": {"openAPIV3Schema": SCHEMA}}
    body["spec"]["versions"].insert(0, older)
    await defined(api, body)
    one = {"apiVersion": f"{group}/v1beta1", "kind": "Gadget", "metadata": {"name": "one"}, "spec": {"size": 1}}
    new = ns.replace("/api/v1", f"/apis/{group}/v1") + "/gadgets"
    old = ns.replace("/api/v1", f"/apis/{group}/v1beta1") + "/gadgets"
    made = await api.post(old, one)
    assert made["apiVersion"] == f"{group}/v1beta1"
    assert (await api.get(f"{new}/one"))["apiVersion"] == f"{group}/v1"
    group_document = await api.until(f"/apis/{group}", lambda answer: answer.code == 200)
    assert group_document.body["preferredVersion"]["version"] == "v1"
    body["spec"]["versions"][0]["served"] = False
    await api.patch(f"{CRDS}/gadgets.{group}", {"spec": {"versions": body["spec"]["versions"]}})
    await api.gone(f"{old}/one")
    assert (await api.get(f"{new}/one"))["metadata"]["uid"] == made["metadata"]["uid"]
    await api.delete(f"{CRDS}/gadgets.{group}")


async def test_objects_go_with_their_definition(api: Api, gadgets: Gadgets) -> None:
    await api.post(gadgets.path, gadgets.body("one"))
    await api.delete(gadgets.crd)
    await api.gone(gadgets.crd)
    await api.until(gadgets.path, lambda answer: answer.code == 404)


async def test_watches_end_with_the_definition(api: Api, gadgets: Gadgets) -> None:
    found = await api.get(gadgets.path)
    async with api.watch(gadgets.path, resourceVersion=found["metadata"]["resourceVersion"]) as events:
        await api.delete(gadgets.crd)
        assert await events.ended()


async def test_old_versions_are_gone(api: Api, gadgets: Gadgets) -> None:
    await api.post(gadgets.path, gadgets.body("one"))
    async with api.watch(gadgets.path, resourceVersion="1") as events:
        kind, status = await events.next()
    assert (kind, status["kind"], status["code"], status["reason"]) == ("ERROR", "Status", 410, "Expired")
    assert status["message"].startswith("too old resource version: 1 (")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"names": {"plural": "things", "kind": "Gadget"}}, 'must be spec.names.plural+"."+spec.group'),
        ({"versions": []}, "must have exactly one version marked as storage version"),
    ],
)
async def test_what_is_no_definition(api: Api, change: Object, message: str) -> None:
    body = definition("bad.example.com")
    body["spec"] |= change
    answer = await api.call("POST", CRDS, body)
    assert (answer.code, answer.reason) == (422, "Invalid")
    assert message in answer.message
