"""What may come from outside, and what a terminal gets of it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmd_tui.text import MARKS, UNSEEN, WIDEST, block, last_shown, one_line


@pytest.mark.parametrize(
    ("outside", "shown"),
    [
        ("plain [bold]text[/bold] [/]", "plain [bold]text[/bold] [/]"),
        ("\x1b[31mred\x1b[0m \x9b1mbold", "red bold"),
        ("\x1b[2J\x1b[H\x1b[10;10Hhere", "here"),
        ("\x1b]0;title\x07after", "after"),
        ("\x1b]52;c;aGFoYQ==\x1b\\after", "after"),
        ("\x1b]8;;https://example.com\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1bPq#0;2;0;0;0\x1b\\sixel", "sixel"),
        ("\x1bc\x1b(0\x1b7\x1b=q", "q"),
        ("ends in \x1b", "ends in "),
        ("ends in \x1b[3", "ends in "),
        ("a\x00b\x08c\x7f", f"a{UNSEEN}b{UNSEEN}c{UNSEEN}"),
        ("a\tb\nc\rd\u2028e\xa0f", "a b c d e f"),
        ("gpu\u202etxt.exe", f"gpu{UNSEEN}txt.exe"),
        ("a\u2066b\u2069\u200bc\ufeff", f"a{UNSEEN}b{UNSEEN}{UNSEEN}c{UNSEEN}"),
        ("שלום مرحبا 日本 nœud", "שלום مرحبا 日本 nœud"),
        ("❤\ufe0f", "❤"),
        ("\ud800", UNSEEN),
        ("✓ ● ━ × ›", "✓ ● ━ × ›"),
    ],
)
def test_nothing_of_it_acts_on_the_terminal(outside: str, shown: str) -> None:
    assert one_line(outside) == shown


def test_marks_do_not_tower() -> None:
    assert one_line("e" + "\u0301" * 50 + "x") == "e" + "\u0301" * MARKS + "x"
    assert one_line("\u0301first") == " \u0301first"


def test_long_lines_end() -> None:
    assert one_line("x" * 10_000) == "x" * (WIDEST - 1) + "…"
    assert len(one_line("é" * 10_000_000)) == WIDEST


def test_rows_stay_rows() -> None:
    assert block("a\r\nb\x1b[1A\n\nc") == "a\nb\n\nc"


def test_a_progress_bar_is_its_end() -> None:
    assert one_line(last_shown("10%\r20%\r100%\r\n")) == "100%"
    assert one_line(last_shown("a\tb")) == "a   b"


@given(st.text(st.characters(exclude_categories=[]) | st.sampled_from("\x1b[];\x07\\\x9b\x9c\u202em0")))
def test_whatever_it_is(text: str) -> None:
    shown = one_line(text)
    assert shown.isprintable()
    assert one_line(shown) == shown
    if not any(unicodedata.category(character)[0] in "CZM" for character in text):
        assert shown == text
