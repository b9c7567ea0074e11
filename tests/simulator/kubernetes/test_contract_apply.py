"""Server-side apply: managers, conflicts, what is dropped when nobody asks for it any more."""

import copy
from typing import Any

from tests.simulator.kubernetes.api import APPLY, MERGE, Api
from tests.simulator.kubernetes.objects import apps, config_map, container, deployment


def managers(obj: Any) -> dict[tuple[str, str, str], Any]:
    """Manager, operation and subresource -> fields."""
    entries = obj["metadata"]["managedFields"]
    return {(e["manager"], e["operation"], e.get("subresource", "")): e["fieldsV1"] for e in entries}


async def test_applying_creates_and_repeats_without_a_write(api: Api, ns: str) -> None:
    path = f"{ns}/configmaps/one"
    answer = await api.call("PATCH", path, config_map("one", {"l": "1"}, a="1"), content_type=APPLY, fieldManager="m")
    assert answer.code == 201
    assert managers(answer.body) == {
        ("m", "Apply", ""): {"f:data": {"f:a": {}}, "f:metadata": {"f:labels": {"f:l": {}}}}
    }
    again = await api.call("PATCH", path, config_map("one", {"l": "1"}, a="1"), content_type=APPLY, fieldManager="m")
    assert (again.code, again.body) == (200, answer.body)


async def test_yaml_is_applied(api: Api, ns: str) -> None:
    text = b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one}\ndata: {day: '2026-01-01'}\n"
    assert (await api.apply(f"{ns}/configmaps/one", text, "m"))["data"] == {"day": "2026-01-01"}


async def test_conflicts_name_managers_and_fields(api: Api, ns: str) -> None:
    path = f"{ns}/configmaps/one"
    await api.apply(path, config_map("one", a="1", b="2"), "first")
    answer = await api.call("PATCH", path, config_map("one", a="9"), content_type=APPLY, fieldManager="second")
    assert (answer.code, answer.reason) == (409, "Conflict")
    assert answer.message == 'Apply failed with 1 conflict: conflict with "first": .data.a'
    cause = {"reason": "FieldManagerConflict", "message": 'conflict with "first"', "field": ".data.a"}
    assert answer.body["details"] == {"causes": [cause]}
    answer = await api.call("PATCH", path, config_map("one", a="9", b="8"), content_type=APPLY, fieldManager="second")
    assert answer.message == 'Apply failed with 2 conflicts: conflicts with "first":\n- .data.a\n- .data.b'


async def test_force_takes_fields_over(api: Api, ns: str) -> None:
    path = f"{ns}/configmaps/one"
    await api.apply(path, config_map("one", a="1", b="2"), "first")
    tried = await api.apply(path, config_map("one", a="9"), "second", force="true", dryRun="All")
    assert tried["data"] == {"a": "9", "b": "2"}
    assert (await api.get(path))["data"] == {"a": "1", "b": "2"}
    forced = await api.apply(path, config_map("one", a="9"), "second", force="true")
    assert managers(forced) == {
        ("first", "Apply", ""): {"f:data": {"f:b": {}}},
        ("second", "Apply", ""): {"f:data": {"f:a": {}}},
    }


async def test_the_same_value_is_owned_together(api: Api, ns: str) -> None:
    path = f"{ns}/configmaps/one"
    await api.apply(path, config_map("one", a="1"), "first")
    shared = await api.apply(path, config_map("one", a="1"), "second")
    assert managers(shared)["first", "Apply", ""] == managers(shared)["second", "Apply", ""] == {"f:data": {"f:a": {}}}
    left = await api.apply(path, config_map("one", b="2"), "first")
    assert left["data"] == {"a": "1", "b": "2"}
    left = await api.apply(path, config_map("one", c="3"), "second")
    assert left["data"] == {"b": "2", "c": "3"}


async def test_fields_that_are_no_longer_applied_go(api: Api, ns: str) -> None:
    path = f"{ns}/configmaps/one"
    await api.apply(path, config_map("one", {"l": "1"}, a="1", b="2"), "m")
    left = await api.apply(path, config_map("one", a="1"), "m")
    assert left["data"] == {"a": "1"}
    assert "labels" not in left["metadata"]


async def test_updates_take_fields_from_appliers(api: Api, ns: str) -> None:
    path = f"{ns}/configmaps/one"
    await api.apply(path, config_map("one", a="1", b="2"), "applier")
    patched = await api.patch(path, {"data": {"a": "5"}}, fieldManager="editor")
    assert managers(patched) == {
        ("applier", "Apply", ""): {"f:data": {"f:b": {}}},
        ("editor", "Update", ""): {"f:data": {"f:a": {}}},
    }
    answer = await api.call("PATCH", path, config_map("one", a="1", b="2"), content_type=APPLY, fieldManager="applier")
    assert answer.message == 'Apply failed with 1 conflict: conflict with "editor" using v1: .data.a'


async def test_the_manager_of_an_update_is_the_program(api: Api, ns: str) -> None:
    made = await api.post(f"{ns}/configmaps", config_map("one", a="1"))
    assert managers(made) == {("contract", "Update", ""): {"f:data": {".": {}, "f:a": {}}}}
    changed = await api.patch(f"{ns}/configmaps/one", {"data": {"a": None, "b": "2"}})
    assert managers(changed) == {("contract", "Update", ""): {"f:data": {".": {}, "f:b": {}}}}


def workload() -> Any:
    body = deployment("web", paused=True)
    main = container("main", ports=[{"containerPort": 80}], env=[{"name": "A", "value": "1"}], args=["x", "y"])
    body["spec"]["template"]["spec"] |= {"containers": [main], "tolerations": [{"key": "a", "operator": "Exists"}]}
    return body


async def test_fields_of_a_workload(api: Api, ns: str) -> None:
    applied = await api.apply(apps(ns, "deployments/web"), workload(), "m")
    main = {
        ".": {},
        "f:name": {},
        "f:image": {},
        "f:args": {},
        "f:env": {'k:{"name":"A"}': {".": {}, "f:name": {}, "f:value": {}}},
        "f:ports": {'k:{"containerPort":80,"protocol":"TCP"}': {".": {}, "f:containerPort": {}}},
    }
    assert managers(applied)["m", "Apply", ""] == {
        "f:spec": {
            "f:paused": {},
            "f:replicas": {},
            "f:selector": {},
            "f:template": {
                "f:metadata": {"f:labels": {"f:app": {}}},
                "f:spec": {"f:containers": {'k:{"name":"main"}': main}, "f:tolerations": {}},
            },
        }
    }


async def test_conflicts_in_a_workload(api: Api, ns: str) -> None:
    path = apps(ns, "deployments/web")
    await api.apply(path, workload(), "m")
    await api.patch(f"{path}/scale", {"spec": {"replicas": 3}}, fieldManager="scaler")
    changed = copy.deepcopy(workload())
    changed["spec"]["template"]["spec"]["containers"][0] |= {
        "image": "example.com/image:2",
        "args": ["z"],
        "env": [{"name": "A", "value": "2"}],
    }
    answer = await api.call("PATCH", path, changed, content_type=APPLY, fieldManager="other")
    fields = {cause["field"]: cause["message"] for cause in answer.body["details"]["causes"]}
    assert fields == {
        '.spec.template.spec.containers[name="main"].args': 'conflict with "m"',
        '.spec.template.spec.containers[name="main"].image': 'conflict with "m"',
        '.spec.template.spec.containers[name="main"].env[name="A"].value': 'conflict with "m"',
        ".spec.replicas": 'conflict with "scaler" with subresource "scale" using apps/v1',
    }
    assert answer.message.startswith('Apply failed with 4 conflicts: conflicts with "m":\n- .spec.template')


async def test_items_of_lists_belong_to_managers(api: Api, ns: str) -> None:
    path = apps(ns, "deployments/web")
    await api.apply(path, workload(), "m")
    added: Any = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}}
    side = container("side", env=[{"name": "B", "value": "2"}])
    added["spec"] = {
        "template": {"spec": {"containers": [side, {"name": "main", "env": [{"name": "C", "value": "3"}]}]}}
    }
    both = await api.apply(path, added, "sidecars")
    containers = {c["name"]: c for c in both["spec"]["template"]["spec"]["containers"]}
    assert set(containers) == {"main", "side"}
    assert {env["name"] for env in containers["main"]["env"]} == {"A", "C"}
    del added["spec"]["template"]["spec"]["containers"][0]
    left = await api.apply(path, added, "sidecars")
    assert [c["name"] for c in left["spec"]["template"]["spec"]["containers"]] == ["main"]
    del added["spec"]
    left = await api.apply(path, added, "sidecars")
    (main,) = left["spec"]["template"]["spec"]["containers"]
    assert main["env"] == [{"name": "A", "value": "1"}]


async def test_what_does_not_fit_the_schema(api: Api, ns: str) -> None:
    path = f"{ns}/configmaps/one"
    answer = await api.call("PATCH", path, config_map("one") | {"foo": 1}, content_type=APPLY, fieldManager="m")
    assert (answer.code, answer.message) == (
        500,
        "failed to create typed patch object (/one; /v1, Kind=ConfigMap): .foo: field not declared in schema",
    )
    body = workload()
    body["spec"]["template"]["spec"]["containers"][0]["env"].append({"name": "A", "value": "2"})
    answer = await api.call("PATCH", apps(ns, "deployments/web"), body, content_type=APPLY, fieldManager="m")
    assert 'duplicate entries for key [name="A"]' in answer.message
    body["spec"]["template"]["spec"]["containers"][0]["env"] = [{"value": "2"}]
    answer = await api.call("PATCH", apps(ns, "deployments/web"), body, content_type=APPLY, fieldManager="m")
    assert (answer.code, answer.message) == (
        422,
        'Deployment.apps "web" is invalid: spec.template.spec.containers[0].env[0].name: Required value',
    )


async def test_what_cannot_be_applied(api: Api, ns: str) -> None:
    path = f"{ns}/configmaps/one"
    body = config_map("one")
    answer = await api.call("PATCH", path, body, content_type=APPLY)
    assert answer.message == (
        'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch'
    )
    managed = {**body, "metadata": {"name": "one", "managedFields": [{"manager": "x"}]}}
    answer = await api.call("PATCH", path, managed, content_type=APPLY, fieldManager="m")
    assert (answer.code, answer.message) == (400, "metadata.managedFields must be nil")
    answer = await api.call("PATCH", path, config_map("two"), content_type=APPLY, fieldManager="m")
    assert answer.message == "the name of the object (two) does not match the name on the URL (one)"
    answer = await api.call("PATCH", path, {**body, "kind": "Secret"}, content_type=APPLY, fieldManager="m")
    assert answer.code == 400
    await api.apply(path, body, "m")
    stale = {**body, "metadata": {"name": "one", "resourceVersion": "1"}}
    answer = await api.call("PATCH", path, stale, content_type=APPLY, fieldManager="m")
    assert (answer.code, answer.reason) == (409, "Conflict")


async def test_managed_fields_can_be_handed_over(api: Api, ns: str) -> None:
    path = f"{ns}/configmaps/one"
    made = await api.post(f"{ns}/configmaps", config_map("one", a="1"))
    entries = [entry | {"manager": "heir", "operation": "Apply"} for entry in made["metadata"]["managedFields"]]
    patched = await api.patch(path, {"metadata": {"managedFields": entries}})
    assert list(managers(patched)) == [("heir", "Apply", "")]
    cleared = await api.patch(path, {"metadata": {"managedFields": [{}]}})
    assert "managedFields" not in cleared["metadata"]


async def test_status_has_managers_of_its_own(api: Api, ns: str) -> None:
    await api.apply(apps(ns, "deployments/web"), workload(), "m")
    status: Any = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web"},
        "status": {"readyReplicas": 0},
    }
    condition = {"type": "Odd", "status": "True", "reason": "R", "message": "M"}
    status["status"] = {"conditions": [condition]}
    applied = await api.apply(apps(ns, "deployments/web/status"), status, "reporter")
    assert managers(applied)["reporter", "Apply", "status"] == {
        "f:status": {
            "f:conditions": {
                'k:{"type":"Odd"}': {".": {}, "f:type": {}, "f:status": {}, "f:reason": {}, "f:message": {}}
            }
        }
    }
    assert applied["spec"]["template"]["spec"]["containers"][0]["name"] == "main"


async def test_apply_after_a_client_side_update(api: Api, ns: str) -> None:
    """What helm and kubectl do with objects that others made first."""
    path = f"{ns}/configmaps/one"
    await api.post(f"{ns}/configmaps", config_map("one", a="1", b="2"), fieldManager="before")
    same = await api.apply(path, config_map("one", a="1"), "after")
    assert managers(same)["after", "Apply", ""] == {"f:data": {"f:a": {}}}
    answer = await api.call("PATCH", path, config_map("one", a="3"), content_type=APPLY, fieldManager="after")
    assert answer.message == 'Apply failed with 1 conflict: conflict with "before" using v1: .data.a'
    assert (await api.patch(path, {"data": {"c": "3"}}, MERGE))["data"] == {"a": "1", "b": "2", "c": "3"}
