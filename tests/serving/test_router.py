"""Values of the router's charts."""

from typing import Any

import pytest
import yaml
from hypothesis import given, settings

from llmd_tui.errors import UserError
from llmd_tui.plan.serving.request import ServingRequest
from llmd_tui.plan.serving.router import router_values
from llmd_tui.presets.paths import scorer_profile, scorer_profiles, well_lit_path, well_lit_paths
from tests.examples import examples
from tests.serving.wishes import H100, H200, request, requests, wish

KNOWN_PLUGINS = {  # of router v0.10 and v0.11, as far as they are used here
    "active-request-scorer",
    "always-disagg-pd-decider",
    "approx-prefix-cache-producer",
    "decode-filter",
    "disagg-profile-handler",
    "endpoint-notification-source",
    "inflight-load-producer",
    "kv-cache-utilization-scorer",
    "max-score-picker",
    "precise-prefix-cache-producer",
    "prefill-filter",
    "prefix-cache-affinity-filter",
    "prefix-cache-scorer",
    "queue-scorer",
    "random-picker",
    "token-load-scorer",
    "token-producer",
}


def config(asked: ServingRequest) -> dict[str, Any]:
    picker = router_values(asked)["router"]["epp"]
    return yaml.safe_load(picker["pluginsCustomConfig"][picker["pluginsConfigFile"]])


@given(requests())
@settings(max_examples=examples(60))
def test_the_pickers_config_is_whole(asked: ServingRequest) -> None:
    """Every plugin exists and is declared before it is referred to; else the picker would not start."""
    found = config(asked)
    assert found["apiVersion"] == "llm-d.ai/v1alpha1" and found["kind"] == "EndpointPickerConfig"
    declared = [plugin["type"] for plugin in found["plugins"]]
    assert set(declared) <= KNOWN_PLUGINS and len(declared) == len(set(declared))
    profiles = {profile["name"]: profile["plugins"] for profile in found["schedulingProfiles"]}
    assert set(profiles) == ({"prefill", "decode"} if asked.path.disaggregated else {"default"})
    referred = [plugin["pluginRef"] for plugins in profiles.values() for plugin in plugins]
    for source in found.get("dataLayer", {}).get("sources", []):
        referred += [source["pluginRef"], *(each["pluginRef"] for each in source["extractors"])]
    assert set(referred) <= set(declared)
    assert "{" not in yaml.safe_dump(found).replace("{}", ""), "all filled in"


@given(requests())
@settings(max_examples=examples(60))
def test_values_by_gateway_and_monitoring(asked: ServingRequest) -> None:
    values = router_values(asked)
    router = values["router"]
    assert router["modelServers"]["matchLabels"] == {"llm-d.ai/guide": asked.path.name}
    assert [port["number"] for port in router["modelServers"]["targetPorts"]] == list(asked.path.router.target_ports)
    if asked.gateway == "standalone":
        assert set(values) == {"router"}
        assert router["extraServicePorts"] == [{"name": "http", "port": 80, "protocol": "TCP", "targetPort": 8081}]
    else:
        assert values["provider"] == {"name": asked.gateway} and values["httpRoute"] == {"create": False}
        assert "proxy" not in router
    if asked.monitoring:
        assert router["monitoring"]["prometheus"] == {"enabled": True, "auth": {"enabled": False}}
        assert "metrics-endpoint-auth" not in router["epp"]["flags"]
    else:
        assert router["epp"]["flags"]["metrics-endpoint-auth"] is False and "monitoring" not in router


def test_the_image_is_the_releases() -> None:
    assert router_values(request(wish("optimized-baseline", H100)))["router"]["epp"]["image"] == {
        "registry": "ghcr.io/llm-d",
        "repository": "llm-d-router-endpoint-picker",
        "tag": "v0.11.0",
        "pullPolicy": "IfNotPresent",
    }


def test_the_precise_picker_asks_the_render_service_and_shares_the_block_size() -> None:
    asked = request(wish("precise-prefix-cache-routing", H100, model="openai/gpt-oss-120b"))
    plugins = {plugin["type"]: plugin.get("parameters") for plugin in config(asked)["plugins"]}
    assert plugins["token-producer"] == {
        "modelName": "openai/gpt-oss-120b",
        "vllm": {"url": "http://precise-prefix-cache-routing-render:8000"},
    }
    assert plugins["precise-prefix-cache-producer"]["tokenProcessorConfig"] == {"blockSizeTokens": 128}
    assert router_values(asked)["router"]["epp"]["env"][0]["name"] == "HF_TOKEN"


def test_wide_ep_routes_to_every_rank() -> None:
    values = router_values(request(wish("wide-ep", H200)))
    assert [port["number"] for port in values["router"]["modelServers"]["targetPorts"]] == list(range(8000, 8008))


def test_calibration_is_a_number() -> None:
    plugins = {plugin["type"]: plugin.get("parameters") for plugin in config(request(wish("pd", H100)))["plugins"]}
    assert plugins["prefix-cache-affinity-filter"] == {"peakPrefillThroughput": 33821}


def test_every_profile_of_a_path_exists_in_the_form_that_it_needs() -> None:
    for path in well_lit_paths():
        for name in path.router.profiles:
            profile = scorer_profiles()[name]
            assert profile.disaggregated if path.disaggregated else profile.single


def test_an_unknown_profile_is_refused() -> None:
    with pytest.raises(UserError, match=r"round-robin is not a scorer profile of optimized-baseline\. Known: load-"):
        scorer_profile(well_lit_path("optimized-baseline"), "round-robin")
