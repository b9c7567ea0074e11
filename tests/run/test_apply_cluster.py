"""Objects and manifests on a real API server."""

import base64
import hashlib
from pathlib import Path

import pytest

from llmd_tui.clock import Clock
from llmd_tui.errors import UserError
from llmd_tui.kube.connection import Cluster
from llmd_tui.objects import Object
from llmd_tui.plan.actions import Manifest
from llmd_tui.run.actions import apply, manifest
from llmd_tui.run.vault import Vault
from tests.run.listening import Listening

pytestmark = pytest.mark.cluster


def config_map(namespace: str, **data: str) -> Object:
    metadata = {"name": "settings", "namespace": namespace, "labels": {"app.kubernetes.io/managed-by": "llmd-tui"}}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}


def deployment(namespace: str) -> Object:
    labels = {"app": "web"}
    containers = [{"name": "web", "image": "example.org/web:1", "resources": {"requests": {"cpu": "10m"}}}]
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": namespace},
        "spec": {
            "replicas": 1,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": containers}},
        },
    }


def secret(namespace: str) -> Object:
    metadata = {"name": "token", "namespace": namespace}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": {"HF_TOKEN": "${env:HF_TOKEN}"}}


async def test_applied_is_as_asked_until_something_differs(
    cluster: Cluster, namespace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_canary0123456789abcdef")
    vault = Vault()
    wanted = [deployment(namespace), config_map(namespace, a="1"), secret(namespace)]
    assert not await apply.as_asked(cluster, wanted, vault)
    await apply.apply(cluster, wanted, vault, Clock(), Listening())
    assert await apply.as_asked(cluster, wanted, vault)
    stored = await cluster.get("v1", "Secret", "token", namespace)
    assert base64.b64decode(stored["data"]["HF_TOKEN"]) == b"hf_canary0123456789abcdef"
    assert not await apply.as_asked(cluster, [config_map(namespace, a="2")], vault)
    monkeypatch.setenv("HF_TOKEN", "hf_another")
    assert not await apply.as_asked(cluster, [secret(namespace)], Vault())
    # What a controller or somebody else adds is not ours to compare.
    await cluster.patch("v1", "ConfigMap", "settings", {"data": {"b": "theirs"}}, namespace)
    assert await apply.as_asked(cluster, [config_map(namespace, a="1")], vault)


async def test_an_edit_by_somebody_else_is_not_overwritten(cluster: Cluster, namespace: str) -> None:
    wanted = [config_map(namespace, a="1")]
    await apply.apply(cluster, wanted, Vault(), Clock(), Listening())
    path = f"/api/v1/namespaces/{namespace}/configmaps/settings"
    query = {"fieldManager": "kubectl-edit"}
    body = {"data": {"a": "edited"}}
    await cluster.request("PATCH", path, query=query, body=body, content_type="application/merge-patch+json")
    assert not await apply.as_asked(cluster, wanted, Vault())
    with pytest.raises(UserError, match=r"ConfigMap settings was refused.*kubectl-edit.*\.data\.a"):
        await apply.apply(cluster, wanted, Vault(), Clock(), Listening())


async def test_what_is_being_deleted_is_made_anew_when_it_is_gone(cluster: Cluster, namespace: str) -> None:
    async def finalizers(names: list[str]) -> None:
        await cluster.patch("v1", "ConfigMap", "settings", {"metadata": {"finalizers": names}}, namespace)

    class LettingGo(Listening):
        async def rest(self, seconds: float) -> None:
            await finalizers([])

    wanted = [config_map(namespace, a="1")]
    await cluster.apply(wanted[0])
    await finalizers(["example.org/slow"])
    await cluster.delete("v1", "ConfigMap", "settings", namespace)
    assert not await apply.as_asked(cluster, wanted, Vault())
    report = LettingGo()
    await apply.apply(cluster, wanted, Vault(), Clock(), report)
    assert report.waited_for == [
        (
            "ConfigMap settings to be accepted",
            "ConfigMap settings is there and being deleted: example.org/slow holds it.",
        )
    ]
    assert await apply.as_asked(cluster, wanted, Vault())


async def test_namespaces_come_first(cluster: Cluster, namespace: str) -> None:
    inner = f"{namespace}-inner"
    wanted: list[Object] = [
        config_map(inner, a="1"),
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": inner}},
    ]
    assert not await apply.as_asked(cluster, wanted, Vault())
    report = Listening()
    await apply.apply(cluster, wanted, Vault(), Clock(), report)
    assert report.rested == []
    await cluster.delete("v1", "Namespace", inner)


async def test_a_field_that_does_not_exist_is_refused_at_once(cluster: Cluster, namespace: str) -> None:
    wrong = deployment(namespace)
    wrong["spec"]["replicaz"] = 1
    report = Listening()
    with pytest.raises(UserError, match=r"Deployment web was refused.*replicaz"):
        await apply.apply(cluster, [wrong], Vault(), Clock(), report)
    assert report.rested == []


async def test_a_webhook_that_does_not_answer_yet_is_waited_for(cluster: Cluster, namespace: str) -> None:
    webhook: Object = {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingWebhookConfiguration",
        "metadata": {"name": f"{namespace}-webhook"},
        "webhooks": [
            {
                "name": "not.there.example.org",
                "clientConfig": {"url": "https://127.0.0.1:1/"},
                "rules": [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["*"], "resources": ["configmaps"]}],
                "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}},
                "sideEffects": "None",
                "admissionReviewVersions": ["v1"],
            }
        ],
    }
    await cluster.create(webhook)

    class Repairing(Listening):
        async def rest(self, seconds: float) -> None:
            await super().rest(seconds)
            if len(self.rested) == 2:
                kind = "ValidatingWebhookConfiguration"
                await cluster.delete("admissionregistration.k8s.io/v1", kind, f"{namespace}-webhook")

    while True:
        # The API server takes a moment to know of a webhook.
        try:
            await cluster.apply(config_map(namespace, a="0"), dry_run=True)
        except UserError:
            break
    report = Repairing()
    await apply.apply(cluster, [config_map(namespace, a="1")], Vault(), Clock(speed=1000), report)
    assert "ConfigMap settings to be accepted" in report.waited_for[0][0]
    assert "failed calling webhook" in report.waited_for[0][1]


CRD = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: GROUP}
spec:
  group: GROUP_OF
  names: {kind: Thing, plural: things}
  scope: Namespaced
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]
---
"""


async def test_a_published_manifest_is_applied_when_its_kinds_are_not_there(
    cluster: Cluster, namespace: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"things.{namespace}.example.org"
    text = CRD.replace("GROUP_OF", f"{namespace}.example.org").replace("GROUP", name)
    (tmp_path / "v1.2-things.yaml").write_text(text)
    monkeypatch.setenv("LLMD_TUI_MANIFESTS", str(tmp_path))
    hashed = hashlib.sha256(text.encode()).hexdigest()
    pinned = Manifest("https://example.org/releases/v1.2/things.yaml", hashed, (name,))
    assert not await manifest.established(cluster, pinned)
    await apply.apply(cluster, await manifest.objects_of(pinned), Vault(), Clock(), Listening())
    while not await manifest.established(cluster, pinned):
        pass
    # Its kind can be used at once, although discovery may be a moment late.
    thing: Object = {"apiVersion": f"{namespace}.example.org/v1", "kind": "Thing"}
    thing["metadata"] = {"name": "one", "namespace": namespace}
    await apply.apply(cluster, [thing], Vault(), Clock(speed=10), Listening())
    await cluster.delete("apiextensions.k8s.io/v1", "CustomResourceDefinition", name)
