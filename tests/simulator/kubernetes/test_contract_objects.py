"""Creating, reading, updating and deleting objects."""

import pytest

from tests.simulator.kubernetes.api import Api
from tests.simulator.kubernetes.objects import apps, config_map, deployment


async def test_an_object_is_created_with_what_the_server_knows(api: Api, ns: str) -> None:
    made = await api.post(f"{ns}/configmaps", config_map("one", {"a": "b"}, x="1"))
    assert (made["kind"], made["apiVersion"], made["data"]) == ("ConfigMap", "v1", {"x": "1"})
    metadata = made["metadata"]
    assert metadata["namespace"] == ns.rpartition("/")[2]
    assert metadata["uid"]
    assert metadata["creationTimestamp"].endswith("Z")
    assert int(metadata["resourceVersion"]) > 0
    assert "generation" not in metadata
    assert await api.get(f"{ns}/configmaps/one") == made


async def test_names_are_generated(api: Api, ns: str) -> None:
    body = {"metadata": {"generateName": "some-"}}
    names = {(await api.post(f"{ns}/configmaps", body))["metadata"]["name"] for _ in range(3)}
    assert len(names) == 3
    assert all(name.startswith("some-") and len(name) == 10 for name in names)


async def test_what_is_not_there(api: Api, ns: str) -> None:
    answer = await api.call("GET", f"{ns}/configmaps/none")
    assert answer.body == {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": 'configmaps "none" not found',
        "reason": "NotFound",
        "details": {"name": "none", "kind": "configmaps"},
        "code": 404,
    }
    answer = await api.call("DELETE", apps(ns, "deployments/none"))
    assert answer.message == 'deployments.apps "none" not found'
    assert answer.body["details"] == {"name": "none", "group": "apps", "kind": "deployments"}
    assert (await api.call("PUT", f"{ns}/configmaps/none", config_map("none"))).code == 404
    assert (
        await api.call("PATCH", f"{ns}/configmaps/none", {}, content_type="application/merge-patch+json")
    ).code == 404


async def test_what_is_no_resource(api: Api, ns: str) -> None:
    answer = await api.call("GET", f"{ns}/gadgets")
    assert (answer.code, answer.message) == (404, "the server could not find the requested resource")
    assert (await api.call("GET", "/apis/gadgets.example.com/v1/gadgets")).code == 404
    assert (await api.call("GET", f"{ns}/configmaps/kube-root-ca.crt/status")).code == 404
    assert (await api.call("POST", f"{ns}/configmaps/kube-root-ca.crt")).code == 405
    assert (await api.call("PUT", f"{ns}/configmaps", config_map("x"))).code == 405


async def test_a_name_is_taken(api: Api, ns: str) -> None:
    await api.post(f"{ns}/configmaps", config_map("one"))
    answer = await api.call("POST", f"{ns}/configmaps", config_map("one"))
    assert (answer.code, answer.reason) == (409, "AlreadyExists")
    assert answer.message == 'configmaps "one" already exists'


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        (
            {"metadata": {}},
            422,
            'ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required',
        ),
        (
            {"metadata": {"name": "a", "namespace": "other"}},
            400,
            "the namespace of the provided object does not match the namespace sent on the request",
        ),
        (
            {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"x": 1}},
            400,
            'ConfigMap in version "v1" cannot be handled as a ConfigMap: '
            "json: cannot unmarshal number into Go struct field ConfigMap.data of type string",
        ),
        (
            {"metadata": {"name": "a", "resourceVersion": "3"}},
            500,
            "resourceVersion should not be set on objects to be created",
        ),
    ],
)
async def test_what_cannot_be_created(api: Api, ns: str, body: object, code: int, message: str) -> None:
    answer = await api.call("POST", f"{ns}/configmaps", body)
    assert (answer.code, answer.message) == (code, message)


async def test_invalid_names_say_which_field(api: Api, ns: str) -> None:
    answer = await api.call("POST", f"{ns}/configmaps", config_map("No_Name"))
    assert (answer.code, answer.reason) == (422, "Invalid")
    assert answer.message.startswith(
        'ConfigMap "No_Name" is invalid: metadata.name: Invalid value: "No_Name": a lowercase RFC'
    )
    (cause,) = answer.body["details"]["causes"]
    assert (cause["reason"], cause["field"]) == ("FieldValueInvalid", "metadata.name")


async def test_namespaces_must_exist(api: Api) -> None:
    answer = await api.call("POST", "/api/v1/namespaces/nowhere/configmaps", config_map("one"))
    assert (answer.code, answer.message) == (404, 'namespaces "nowhere" not found')


async def test_updates_are_optimistic(api: Api, ns: str) -> None:
    first = await api.post(f"{ns}/configmaps", config_map("one", x="1"))
    second = await api.put(f"{ns}/configmaps/one", first | {"data": {"x": "2"}})
    assert int(second["metadata"]["resourceVersion"]) > int(first["metadata"]["resourceVersion"])
    answer = await api.call("PUT", f"{ns}/configmaps/one", first | {"data": {"x": "3"}})
    assert (answer.code, answer.reason) == (409, "Conflict")
    assert answer.message == (
        'Operation cannot be fulfilled on configmaps "one": the object has been modified; '
        "please apply your changes to the latest version and try again"
    )
    assert (await api.put(f"{ns}/configmaps/one", config_map("one", x="3")))["data"] == {"x": "3"}
    answer = await api.call("PUT", f"{ns}/configmaps/one", config_map("two"))
    assert answer.message == "the name of the object (two) does not match the name on the URL (one)"
    other = {"metadata": {"name": "one", "uid": "0"}}
    assert (await api.call("PUT", f"{ns}/configmaps/one", other)).code == 409


async def test_an_update_without_a_change_writes_nothing(api: Api, ns: str) -> None:
    first = await api.post(f"{ns}/configmaps", config_map("one", x="1"))
    assert await api.put(f"{ns}/configmaps/one", first) == first


async def test_metadata_of_the_server_stays(api: Api, ns: str) -> None:
    first = await api.post(f"{ns}/configmaps", config_map("one"))
    changed = {"metadata": {"name": "one", "creationTimestamp": "2001-01-01T00:00:00Z", "labels": {"a": "b"}}}
    second = await api.put(f"{ns}/configmaps/one", changed)
    for field in ("uid", "creationTimestamp"):
        assert second["metadata"][field] == first["metadata"][field]
    assert second["metadata"]["labels"] == {"a": "b"}


async def test_generation_counts_changes_of_the_spec(api: Api, ns: str) -> None:
    path = apps(ns, "deployments/web")
    made = await api.post(apps(ns, "deployments"), deployment("web", paused=True))
    assert made["metadata"]["generation"] == 1
    labelled = await api.patch(path, {"metadata": {"labels": {"a": "b"}}})
    assert labelled["metadata"]["generation"] == 1
    scaled = await api.patch(path, {"spec": {"minReadySeconds": 3}})
    assert scaled["metadata"]["generation"] == 2


async def test_dry_runs_write_nothing(api: Api, ns: str) -> None:
    made = await api.post(f"{ns}/configmaps", config_map("one", x="1"), dryRun="All")
    assert made["metadata"]["uid"]
    assert (await api.call("GET", f"{ns}/configmaps/one")).code == 404
    await api.post(f"{ns}/configmaps", config_map("one", x="1"))
    assert (await api.patch(f"{ns}/configmaps/one", {"data": {"x": "2"}}, dryRun="All"))["data"] == {"x": "2"}
    assert (await api.get(f"{ns}/configmaps/one"))["data"] == {"x": "1"}
    await api.delete(f"{ns}/configmaps/one", dryRun="All")
    await api.get(f"{ns}/configmaps/one")
    assert (await api.call("POST", f"{ns}/configmaps", config_map("two"), dryRun="Some")).code == 422


async def test_unknown_fields_warn_or_are_refused(api: Api, ns: str) -> None:
    body = config_map("one", x="1") | {"dta": {}}
    answer = await api.call("POST", f"{ns}/configmaps", body)
    assert (answer.code, answer.warnings) == (201, ['299 - "unknown field \\"dta\\""'])
    assert "dta" not in answer.body
    answer = await api.call("POST", f"{ns}/configmaps", body | {"metadata": {"name": "two"}}, fieldValidation="Ignore")
    assert (answer.code, answer.warnings) == (201, [])
    answer = await api.call("POST", f"{ns}/configmaps", body, fieldValidation="Strict")
    assert (answer.code, answer.message) == (
        400,
        'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "dta"',
    )
    twice = b'{"metadata":{"name":"three"},"data":{"x":"1"},"data":{}}'
    answer = await api.call("POST", f"{ns}/configmaps", twice, fieldValidation="Strict")
    assert 'duplicate field "data"' in answer.message
    nested = deployment("web")
    nested["spec"]["template"]["spec"]["containers"][0]["imag"] = "x"
    answer = await api.call("POST", apps(ns, "deployments"), nested, fieldValidation="Strict")
    assert 'unknown field "spec.template.spec.containers[0].imag"' in answer.message
    answer = await api.call("POST", f"{ns}/configmaps", body, fieldValidation="Maybe")
    assert (answer.code, answer.message) == (
        422,
        'CreateOptions.meta.k8s.io "" is invalid: fieldValidation: Unsupported value: "Maybe": '
        'supported values: "", "Ignore", "Strict", "Warn"',
    )


async def test_deleting_says_what_is_gone(api: Api, ns: str) -> None:
    made = await api.post(f"{ns}/configmaps", config_map("one"))
    answer = await api.delete(f"{ns}/configmaps/one")
    assert answer["status"] == "Success"
    assert answer["details"] == {"name": "one", "kind": "configmaps", "uid": made["metadata"]["uid"]}
    assert (await api.call("GET", f"{ns}/configmaps/one")).code == 404


async def test_deleting_with_conditions(api: Api, ns: str) -> None:
    made = await api.post(f"{ns}/configmaps", config_map("one"))
    answer = await api.call("DELETE", f"{ns}/configmaps/one", {"preconditions": {"uid": "0"}})
    assert (answer.code, answer.reason) == (409, "Conflict")
    await api.delete(f"{ns}/configmaps/one", {"preconditions": {"uid": made["metadata"]["uid"]}})


async def test_finalizers_hold_back_the_end(api: Api, ns: str) -> None:
    body = config_map("one")
    body["metadata"]["finalizers"] = ["example.com/hold"]
    await api.post(f"{ns}/configmaps", body)
    going = await api.delete(f"{ns}/configmaps/one")
    assert going["metadata"]["deletionTimestamp"]
    assert going["metadata"]["deletionGracePeriodSeconds"] == 0
    more = {"metadata": {"finalizers": ["example.com/hold", "example.com/more"]}}
    answer = await api.call("PATCH", f"{ns}/configmaps/one", more, content_type="application/merge-patch+json")
    assert answer.code == 422
    await api.patch(f"{ns}/configmaps/one", {"metadata": {"finalizers": None}})
    assert (await api.call("GET", f"{ns}/configmaps/one")).code == 404


async def test_collections_are_deleted_by_label(api: Api, ns: str) -> None:
    for name, colour in (("one", "red"), ("two", "red"), ("three", "blue")):
        await api.post(f"{ns}/configmaps", config_map(name, {"colour": colour}))
    await api.delete(f"{ns}/configmaps", labelSelector="colour=red")
    left = await api.get(f"{ns}/configmaps", labelSelector="colour")
    assert [item["metadata"]["name"] for item in left["items"]] == ["three"]


async def test_secrets_take_plain_text(api: Api, ns: str) -> None:
    made = await api.post(f"{ns}/secrets", {"metadata": {"name": "token"}, "stringData": {"key": "value"}})
    assert (made["type"], made["data"]) == ("Opaque", {"key": "dmFsdWU="})
    assert "stringData" not in made
