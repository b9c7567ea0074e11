"""Configs to export: every ready-made one, and what they leave out."""

from collections.abc import Mapping
from pathlib import Path

from llmd_tui.config.answers import Answers
from llmd_tui.export.bundle import bundle
from llmd_tui.plan.choose import choose
from llmd_tui.plan.graph import Plan
from llmd_tui.plan.make import plan_of

READY_MADE = sorted((Path(__file__).parents[2] / "presets" / "configs").glob("*.yaml"))
CONTEXT = {"target": {"kubeconfig": {"context": "it's mine", "file": "some where/config"}}}
VARIANTS: tuple[Mapping[str, object], ...] = (
    {},
    CONTEXT,
    {"gateway.provider": "standalone", "monitoring.enabled": False},
    {"gateway.provider": "agentgateway", "gateway.expose": "public", "huggingFaceToken": "secret:mine"},
    {"drivers": "aks-driver", "huggingFaceToken": "file:~/to ken", "pool.osSku": "Ubuntu2204", **CONTEXT},
    {"drivers": "aks-managed-gpu", "target.azure.kubernetesVersion": "1.35", "pool.spot": True, "pool.taint": True},
    {"mirror.charts": "/mirror/charts", "mirror.manifests": "https://mirror/manifests", "cache.storageClass": "x"},
)


def answers(text: str, changes: Mapping[str, object]) -> Answers:
    made = Answers.parse(text, "answers.yaml")
    for path, value in changes.items():
        made.set(path, value)
    return made


def exported(made: Answers) -> tuple[Plan, dict[str, str]]:
    choice = choose(made.config())
    plan = plan_of(choice)
    return plan, bundle(made.text, choice, plan)
