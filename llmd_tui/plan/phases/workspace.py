"""Where llm-d lives: namespace, token, cache."""

from llmd_tui.objects import Object
from llmd_tui.ours import MANAGED_BY
from llmd_tui.plan.actions import Apply, Wait
from llmd_tui.plan.choice import Choice
from llmd_tui.plan.graph import Phase
from llmd_tui.plan.phases.base import namespace, phase
from llmd_tui.plan.serving.request import CACHE_CLAIM, TOKEN_KEY, TOKEN_SECRET


def workspace(choice: Choice) -> Phase:
    # IPC_LOCK is beyond the baseline Pod Security standard.
    objects = [namespace(choice.namespace, privileged=choice.uses_rdma)]
    done: list[Wait] = []
    reference = choice.config.hugging_face_token
    if reference:
        name = secret_name(choice)
        if not reference.startswith("secret:"):
            objects.append(_secret(choice, name, reference))
        where = {"kind": "Secret", "name": name, "namespace": choice.namespace}
        done.append(Wait("exists", f"Secret {name}", where))
    cache = choice.config.cache
    if cache:
        objects.append(_volume(choice, cache.storage_class, cache.size_gib or 100))
    return phase("workspace", (Apply(tuple(objects)),), tuple(done), needs=("access",), namespaces=(choice.namespace,))


def secret_name(choice: Choice) -> str:
    """The Secret that holds the token: ours, or the user's own."""
    reference = choice.config.hugging_face_token or ""
    return reference.removeprefix("secret:") if reference.startswith("secret:") else TOKEN_SECRET


def _secret(choice: Choice, name: str, reference: str) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name, "namespace": choice.namespace, "labels": MANAGED_BY},
        "type": "Opaque",
        "stringData": {TOKEN_KEY: f"${{{reference}}}"},
    }


def _volume(choice: Choice, storage_class: str, size_gib: int) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": CACHE_CLAIM, "namespace": choice.namespace, "labels": MANAGED_BY},
        "spec": {
            "accessModes": ["ReadWriteMany"],
            "storageClassName": storage_class,
            "resources": {"requests": {"storage": f"{size_gib}Gi"}},
        },
    }
