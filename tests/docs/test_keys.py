"""docs/keys.md tells the keys as they are."""

from llmd_tui.start.settings import keys_file
from tests.docs import keys


def test_the_page_is_the_bindings() -> None:
    assert keys.PAGE.read_text(encoding="utf-8") == keys.page(), "./dev snapshots"


def test_the_file_of_own_keys_is_where_the_page_says() -> None:
    assert f"~/.config/llmd-tui/{keys_file().name}" in keys.PAGE.read_text()


def test_every_key_of_ours_has_an_id() -> None:
    assert not [f"{kind.__qualname__}: {binding.key}" for kind, binding in keys.declared() if not binding.id]
