"""A document as one HTML file: no scripts, nothing loaded from elsewhere, readable without its styles."""

import re
from collections.abc import Iterator, Sequence
from html import escape

from llmd_tui.render.document import Bar, Bars, Block, Cell, Code, Document, Heading, Mark, Paragraph, Table
from llmd_tui.text import block, one_line

_CODE = re.compile(r"`([^`\n]+)`")
_STYLE = """\
:root { color-scheme: light dark; --quiet: #667; --rule: #ccd; --done: #18743a; --slow: #8a5a00; --failed: #b3261e;
  --bar: #2f6fd0; }
@media (prefers-color-scheme: dark) { :root { --quiet: #99a; --rule: #334; --done: #7fd19a; --slow: #f0b44c;
  --failed: #ff8f87; --bar: #6aa5ff; } }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; } h3 { font-size: 1rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .25rem .9rem .25rem 0; border-bottom: 1px solid var(--rule);
  overflow-wrap: anywhere; }
th { color: var(--quiet); font-weight: normal; } .right { text-align: right; white-space: nowrap; }
.mark { white-space: nowrap; } .done { color: var(--done); } .slow { color: var(--slow); }
.failed { color: var(--failed); } .skipped { color: var(--quiet); }
pre, code { font: 13px/1.45 ui-monospace, monospace; } pre { padding: .6rem .8rem; border: 1px solid var(--rule);
  overflow-x: auto; }
.track { display: block; min-width: 12rem; } .bar { display: inline-block; height: .6rem; background: var(--bar); }
.bar.stuck { background: var(--failed); }
@media print { body { margin: 0; max-width: none; } }
"""
_HEAD = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
<main>
<h1>{title}</h1>
"""


def to_html(document: Document) -> str:
    title = escape(one_line(document.title))
    body = "\n".join(line for part in document.blocks for line in _block(part))
    return _HEAD.format(title=title, style=_STYLE) + body + "\n</main>\n</body>\n</html>\n"


def _block(part: Block) -> Iterator[str]:
    match part:
        case Heading():
            yield f"<h{part.level}>{_inline(part.text)}</h{part.level}>"
        case Paragraph():
            yield "<p>" + "<br>\n".join(_inline(line) for line in block(part.text).splitlines()) + "</p>"
        case Code():
            yield f"<pre><code>{escape(block(part.text))}</code></pre>"
        case Table():
            yield from _table(part)
        case Bars():
            yield from _bars(part)


def _table(table: Table) -> Iterator[str]:
    def kind(place: int) -> str:
        return ' class="right"' if place in table.right else ""

    yield '<div class="scroll"><table>'
    heads = (f'<th scope="col"{kind(place)}>{_inline(head)}</th>' for place, head in enumerate(table.heads))
    yield f"<thead><tr>{''.join(heads)}</tr></thead>"
    yield "<tbody>"
    for row in table.rows:
        yield "<tr>" + "".join(f"<td{kind(place)}>{_cell(cell)}</td>" for place, cell in enumerate(row)) + "</tr>"
    yield "</tbody></table></div>"


def _bars(part: Bars) -> Iterator[str]:
    name, length, note = (f'<th scope="col">{_inline(head)}</th>' for head in part.heads)
    yield f'<div class="scroll"><table><thead><tr>{name}{length}<td></td>{note}</tr></thead><tbody>'
    for bar in part.bars:
        cells: Sequence[str] = (_inline(bar.name), _inline(bar.length), _drawn(bar), _inline(bar.note))
        yield "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"
    yield "</tbody></table></div>"


def _drawn(bar: Bar) -> str:
    """The numbers beside it say the same."""
    widths = (("bar", bar.share * (1 - bar.stuck)), ("bar stuck", bar.share * bar.stuck))
    drawn = (f'<span class="{kind}" style="width:{share:.1%}"></span>' for kind, share in widths if share > 0)
    return f'<span class="track" aria-hidden="true">{"".join(drawn)}</span>'


def _cell(cell: Cell) -> str:
    if isinstance(cell, Mark):
        return f'<span class="mark {cell.mood}">{escape(one_line(cell.text))}</span>'
    return _inline(cell)


def _inline(text: str) -> str:
    """One line; only what is between backticks is markup."""
    return _CODE.sub(r"<code>\1</code>", escape(one_line(text)))
