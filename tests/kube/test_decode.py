import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmd_tui.kube.decode import decode, decode_in_steps

_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)
_lists = st.dictionaries(st.text(), _values)


@given(_values | _lists, st.sampled_from([None, 1]))
def test_reads_what_json_reads(value: Any, indent: int | None) -> None:
    assert decode_in_steps(json.dumps(value, indent=indent)) == json.loads(json.dumps(value))


@given(_lists.map(json.dumps), st.data())
def test_refuses_what_json_refuses(text: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text) - 1))
    broken = text[:at] + data.draw(st.sampled_from(["", "}", "]", ",", ":", "x", "1"])) + text[at + 1 :]
    try:
        expected = json.loads(broken)
    except ValueError:
        with pytest.raises(ValueError):
            decode_in_steps(broken)
    else:
        assert decode_in_steps(broken) == expected


async def test_reads_large_bodies() -> None:
    pods = [{"metadata": {"name": f"pod-{i}"}, "spec": {"text": "ü" * 100}} for i in range(1000)]
    assert await decode(json.dumps({"items": pods, "metadata": {}}).encode()) == {"items": pods, "metadata": {}}
