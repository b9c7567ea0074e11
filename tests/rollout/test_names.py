import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmd_tui.rollout.names import ELLIPSIS, hash_like, shorten

words = st.text("abcdefghijklmnopqrstuvwxyz0123456789.", min_size=1, max_size=12)
names = st.lists(words, min_size=1, max_size=9).map("-".join)


@pytest.mark.parametrize(
    ("name", "width", "short"),
    [
        ("mofed-ubuntu22.04-7f6c9d58b4-ds-x7k2p", 30, "mofed-ubuntu22.04-…-ds-x7k2p"),
        ("aks-gpuh100-12345678-vmss000000", 24, "aks-gpuh100-…-vmss000000"),
        ("network-operator-5f4b7c9d8-wq6zn", 30, "network-operator-…-wq6zn"),
        ("prometheus-llmd-kube-prometheus-stack-0", 36, "prometheus-llmd-…-prometheus-stack-0"),
        ("pd-disaggregation-nvidia-gpu-vllm-decode-68b9f7c5d-b2xhr", 44, "pd-disaggregation-nvidia-…-decode-…-b2xhr"),
        ("nvidia-driver-daemonset-4hx7d", 29, "nvidia-driver-daemonset-4hx7d"),
        ("nvidia-driver-daemonset-4hx7d", 20, "nvidia-…-4hx7d"),
        ("nvidia-driver-daemonset-4hx7d", 10, "nvid…4hx7d"),
        ("nvidia-driver-daemonset-4hx7d", 4, "…x7d"),
        ("averylongnamewithoutadash", 10, "averylong…"),
        ("a-b", 1, "…"),
        ("a-b", 0, ""),
    ],
)
def test_names_are_cut_in_the_middle(name: str, width: int, short: str) -> None:
    assert shorten(name, width) == short


@pytest.mark.parametrize("word", ["7f6c9d58b4", "12345678", "5cc65b56cc", "997485495", "bfgxwtzkqv", "a1b2c3d4"])
def test_what_programs_make_up_is_hash_like(word: str) -> None:
    assert hash_like(word)


@pytest.mark.parametrize(
    "word", ["vllm", "gpuh100", "ubuntu22.04", "ds", "h100", "driver", "daemonset", "100", "decode"]
)
def test_what_people_name_is_not(word: str) -> None:
    assert not hash_like(word)


@given(names, st.integers(0, 80))
def test_a_short_name_fits_and_keeps_its_ends(name: str, width: int) -> None:
    short = shorten(name, width)
    assert len(short) <= width
    if len(name) <= width:
        assert short == name
    elif width:
        assert ELLIPSIS in short
    first, last = name.split("-", maxsplit=1)[0], name.rsplit("-", maxsplit=1)[-1]
    if "-" in name and width >= len(first) + len(last) + 3:
        assert short.startswith(first)
        assert short.endswith(last)


@given(names, st.integers(8, 60))
def test_pods_of_one_workload_are_cut_alike(workload: str, width: int) -> None:
    one, two = shorten(f"{workload}-x7k2p", width), shorten(f"{workload}-b4v9q", width)
    assert one.removesuffix("x7k2p") == two.removesuffix("b4v9q")
