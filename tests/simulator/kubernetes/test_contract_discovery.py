"""Discovery, OpenAPI, versions and reviews."""

from typing import Any

from tests.simulator.kubernetes.api import Api

AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"

KINDS = {
    "v1": {
        "configmaps": ("ConfigMap", True, ["cm"]),
        "events": ("Event", True, ["ev"]),
        "namespaces": ("Namespace", False, ["ns"]),
        "nodes": ("Node", False, ["no"]),
        "persistentvolumeclaims": ("PersistentVolumeClaim", True, ["pvc"]),
        "pods": ("Pod", True, ["po"]),
        "secrets": ("Secret", True, None),
        "services": ("Service", True, ["svc"]),
    },
    "apps/v1": {
        "daemonsets": ("DaemonSet", True, ["ds"]),
        "deployments": ("Deployment", True, ["deploy"]),
        "replicasets": ("ReplicaSet", True, ["rs"]),
        "statefulsets": ("StatefulSet", True, ["sts"]),
        "controllerrevisions": ("ControllerRevision", True, None),
    },
    "batch/v1": {"jobs": ("Job", True, None), "cronjobs": ("CronJob", True, ["cj"])},
    "resource.k8s.io/v1": {
        "deviceclasses": ("DeviceClass", False, None),
        "resourceclaims": ("ResourceClaim", True, None),
        "resourceclaimtemplates": ("ResourceClaimTemplate", True, None),
        "resourceslices": ("ResourceSlice", False, None),
    },
    "apiextensions.k8s.io/v1": {"customresourcedefinitions": ("CustomResourceDefinition", False, ["crd", "crds"])},
}


async def test_the_lists_of_resources(api: Api) -> None:
    for group_version, kinds in KINDS.items():
        found = await api.get(f"/apis/{group_version}" if "/" in group_version else "/api/v1")
        assert (found["kind"], found["groupVersion"]) == ("APIResourceList", group_version)
        rows = {row["name"]: row for row in found["resources"]}
        for plural, (kind, namespaced, short) in kinds.items():
            row = rows[plural]
            assert (row["kind"], row["namespaced"], row.get("shortNames")) == (kind, namespaced, short)


async def test_groups_and_their_versions(api: Api) -> None:
    groups = await api.get("/apis")
    names = [group["name"] for group in groups["groups"]]
    assert {"apps", "batch", "networking.k8s.io", "rbac.authorization.k8s.io", "resource.k8s.io"} <= set(names)
    apps = next(group for group in groups["groups"] if group["name"] == "apps")
    assert apps["preferredVersion"] == {"groupVersion": "apps/v1", "version": "v1"}
    assert (await api.get("/apis/apps"))["versions"] == apps["versions"]
    assert (await api.get("/api"))["versions"] == ["v1"]


async def test_discovery_in_one_document(api: Api) -> None:
    core, others = await api.get("/api", accept=AGGREGATED), await api.get("/apis", accept=AGGREGATED)
    assert core["kind"] == others["kind"] == "APIGroupDiscoveryList"
    assert core["apiVersion"] == "apidiscovery.k8s.io/v2"
    (version,) = core["items"][0]["versions"]
    pods = _resource(version, "pods")
    assert (pods["scope"], pods["singularResource"], pods["shortNames"]) == ("Namespaced", "pod", ["po"])
    assert pods["responseKind"]["kind"] == "Pod"
    assert {"log", "status", "eviction"} <= {sub["subresource"] for sub in pods["subresources"]}
    apps = next(item for item in others["items"] if item["metadata"]["name"] == "apps")
    deployments = _resource(apps["versions"][0], "deployments")
    scale = next(sub for sub in deployments["subresources"] if sub["subresource"] == "scale")
    assert scale["responseKind"] == {"group": "autoscaling", "version": "v1", "kind": "Scale"}


def _resource(version: Any, plural: str) -> Any:
    return next(resource for resource in version["resources"] if resource["resource"] == plural)


async def test_openapi_says_what_can_be_patched(api: Api) -> None:
    index = await api.get("/openapi/v3")
    path = index["paths"]["apis/apps/v1"]["serverRelativeURL"]
    document = await api.get(path)
    patch = document["paths"]["/apis/apps/v1/namespaces/{namespace}/deployments/{name}"]["patch"]
    assert patch["x-kubernetes-group-version-kind"] == {"group": "apps", "version": "v1", "kind": "Deployment"}
    assert "fieldValidation" in {parameter["name"] for parameter in patch["parameters"]}


async def test_version_and_health(api: Api) -> None:
    version = await api.get("/version")
    assert (version["major"], version["gitVersion"][:2]) == ("1", "v1")
    for path in ("/readyz", "/livez", "/healthz"):
        assert (await api.call("GET", path)).body == "ok"
    assert (await api.call("GET", "/nothing")).body == "404 page not found\n"


async def test_reviews(api: Api, ns: str) -> None:
    path = "/apis/authorization.k8s.io/v1"
    attributes = {"verb": "create", "resource": "pods", "namespace": ns.rpartition("/")[2]}
    asked = {"spec": {"resourceAttributes": attributes}}
    assert (await api.post(f"{path}/selfsubjectaccessreviews", asked))["status"]["allowed"] is True
    rules = await api.post(f"{path}/selfsubjectrulesreviews", {"spec": {"namespace": "default"}})
    assert {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]} in rules["status"]["resourceRules"]
    me = await api.post("/apis/authentication.k8s.io/v1/selfsubjectreviews", {})
    assert "system:masters" in me["status"]["userInfo"]["groups"]
    token = await api.post(f"{ns}/serviceaccounts/default/token", {"spec": {}})
    assert token["status"]["token"]
