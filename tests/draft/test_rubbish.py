"""Whatever is typed or pasted into any field: taken, or refused with a reason and kept; nothing breaks."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from llmd_tui.config.answers import Answers
from llmd_tui.config.fields import fields
from llmd_tui.draft.draft import TOKEN, Draft
from llmd_tui.draft.drivers import chosen_strategy, consequences, follows, os_offers, usual_os
from llmd_tui.draft.misfits import misfits
from llmd_tui.draft.outline import outline
from llmd_tui.draft.serving import laid_out
from llmd_tui.draft.session import Session
from llmd_tui.draft.steps import STEPS
from llmd_tui.plan.offers import path_offers
from llmd_tui.presets.sizes import sizes
from tests.examples import examples

PATHS = [path for path, field in fields().items() if field.kind not in ("section", "list") and path != "apiVersion"]
RUBBISH = (
    "[red]bold[/]",
    "\x1b[31m\x00\x07",
    "two\nlines",
    "日本語 שלום \u202e",
    "x" * 10_000,
    "-1",
    "0",
    "1e309",
    "nan",
    "{a: 1}",
    "[1, 2]",
    "*alias",
    "!!python/object",
    "null",
    "true",
    "%TAG",
    "| ",
    "'",
    '"',
    "1_000",
    "0x10",
    "env:",
    "hf_abcdefgh1234",
)
texts = st.one_of(st.sampled_from(RUBBISH), st.text(max_size=60), st.integers().map(str), st.floats().map(str))


@settings(max_examples=examples(60))
@given(st.lists(st.tuples(st.sampled_from(PATHS), texts), min_size=1, max_size=4))
@example([("pool.size", "Standard_NOTHING"), ("drivers", "?"), ("path.name", "\x1b")])
@example([("path.model", "[red]"), ("path.maxModelLen", "1" * 400)])
@example([("cache.sizeGiB", "1"), ("cache.storageClass", "x"), ("path.name", "wide-ep")])
def test_any_text_in_any_field(said: list[tuple[str, str]]) -> None:
    draft = Draft.begin(preset="h100-pd-disaggregation")
    session = Session(draft, lambda: None)
    for path, text in said:
        problem = draft.set(path, text)
        shown = draft.text(path)
        if problem:
            assert draft.error(path), (path, text)
            assert path == TOKEN or shown == str(_read(path, text)), (path, text)
        assert isinstance(draft.value(path).source, str)
    # Everything that the screens ask can still be told.
    laid_out(draft)
    outline(draft)
    drivers, size = chosen_strategy(draft), session.size or sizes()[0]
    assert consequences(drivers, size)
    follows(draft, drivers, usual_os(drivers, size))
    assert os_offers(drivers, size)
    assert path_offers(size, session.nodes)
    misfits(draft, size, session.nodes)
    assert all(isinstance(session.answer(step), str) for step in STEPS)
    assert Answers.parse(draft.whole().text, "again").leaves() == draft.whole().leaves()
    if not draft.problems():
        draft.choice()
    # One key brings everything back.
    draft.reset(*(path for path, _ in said))
    assert all(not draft.changed(path) for path, _ in said)


def _read(path: str, text: str) -> object:
    """As the field reads it."""
    from llmd_tui.config.document import scalar_value

    return scalar_value(text.strip(), fields()[path].kind)
