"""Which file name asks for which format."""

from collections.abc import Callable, Mapping
from pathlib import Path

from llmd_tui.errors import UserError
from llmd_tui.render.checklist import CheckReport, as_json, document
from llmd_tui.render.html import to_html
from llmd_tui.render.junit import as_junit
from llmd_tui.render.markdown import to_markdown

CHECKS: Mapping[str, Callable[[CheckReport], str]] = {
    ".md": lambda report: to_markdown(document(report)),
    ".html": lambda report: to_html(document(report)),
    ".json": as_json,
    ".xml": as_junit,
}
"""Markdown, HTML, JSON and JUnit XML, by what the file's name ends in."""


def checks_format(path: Path) -> Callable[[CheckReport], str]:
    """Raises UserError for a file name that says nothing."""
    writer = CHECKS.get(path.suffix.lower())
    if writer is None:
        raise UserError(f"{path} does not tell the format.", f"Let its name end in {', '.join(CHECKS)} (JUnit).")
    return writer
