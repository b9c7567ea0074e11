"""Settings and keys of the user's own: read with every mistake told, the theme kept in one step."""

import os
from pathlib import Path

import pytest

from llmd_tui.errors import UserError
from llmd_tui.start.settings import keep_theme, settings
from screens.keymap import catalog, checked, listing


@pytest.fixture
def home() -> Path:
    made = Path(os.environ["XDG_CONFIG_HOME"]) / "llmd-tui"
    made.mkdir(parents=True)
    return made


def test_nothing_is_set() -> None:
    assert settings().theme is None
    assert settings().keys == {}
    assert not settings().bell


def test_what_is_set_holds_and_a_theme_joins_it(home: Path) -> None:
    (home / "settings.yaml").write_text("bell: true\n")
    (home / "keys.yaml").write_text("run.hold: h\nrun.log: 7\n")
    keep_theme("nord")
    found = settings()
    assert (found.theme, found.bell, found.keys) == ("nord", True, {"run.hold": "h", "run.log": "7"})


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("settings.yaml", "theme: [", "is not YAML"),
        ("settings.yaml", "- a\n", "has no NAME: VALUE lines"),
        ("settings.yaml", "color: red\n", "color is no setting"),
        ("settings.yaml", "bell: maybe\n", "bell is 'maybe'"),
        ("keys.yaml", "run.hold: [h]\n", "run.hold has no key"),
        ("keys.yaml", "run.hold: ''\n", "run.hold has no key"),
    ],
)
def test_what_cannot_be_understood_is_told(home: Path, name: str, text: str, told: str) -> None:
    (home / name).write_text(text)
    with pytest.raises(UserError) as raised:
        settings()
    assert told in raised.value.message
    assert name in raised.value.message


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ({"run.hodl": "h"}, "run.hodl is no key's id"),
        ({"run.hold": "hh"}, "that is no key"),
        ({"run.hold": "ctrl+"}, "that is no key"),
        ({"run.hold": "P"}, "run.hold and run.pause both want P"),
        ({"run.hold": "?"}, "run.hold and app.help both want ?"),
        ({"run.hold": "h", "run.log": "h"}, "both want h"),
    ],
)
def test_keys_that_cannot_be(keys: dict[str, str], told: str) -> None:
    with pytest.raises(UserError) as raised:
        checked(keys, "keys.yaml")
    assert told in raised.value.message


def test_keys_that_change_places_and_keys_with_names() -> None:
    assert checked({"run.hold": "P", "run.pause": "p"}, "") == {"run.hold": "P", "run.pause": "p"}
    assert checked({"app.help": "F5, ctrl+h"}, "") == {"app.help": "f5,ctrl+h"}


def test_every_key_has_an_id_of_its_own_and_words() -> None:
    for name, key in catalog().items():
        assert key.words, name
        assert key.keys, name


def test_the_listing_is_a_file_of_keys() -> None:
    import yaml

    assert set(yaml.safe_load(listing())) == set(catalog())
    checked(yaml.safe_load(listing()), "keys.yaml")
