"""Keys as people read them, and back."""

SPELT = {
    "question_mark": "?",
    "slash": "/",
    "escape": "esc",
    "minus": "-",
    "plus": "+",
    "f1": "F1",
    "equals_sign": "=",
}
NAMED = {word: key for key, word in SPELT.items()}
_WORDS = {"enter", "tab", "space"}


def spelt(key: str) -> str:
    """`enter`, `ctrl+n`, `?`: as the verdict, the footer and the help spell keys."""
    return SPELT.get(key, key)


def key_of(word: str) -> str | None:
    """The key as Textual knows it; None for a word that is no key's."""
    if word in NAMED:
        return NAMED[word]
    return word if len(word) == 1 or word in _WORDS or word.startswith("ctrl+") else None
