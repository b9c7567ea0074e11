"""The path's numbers: what fills the GPUs' memory, and which pods go to which node."""

from collections.abc import Iterable
from itertools import groupby

from textual.content import Content
from textual.widgets import Static

from llmd_tui.plan.serving.layout import Layout
from llmd_tui.plan.serving.placement import NodePods
from llmd_tui.plan.serving.roles import RoleLayout
from screens.glyphs import Symbols
from screens.widgets.bars import Part, bar
from screens.widgets.frame import STYLES

LABEL = 14
FEW_NODES = 4
"""So many have a line each; of more, those that carry the same share one."""
QUIET = STYLES["quiet"]


class MemoryBars(Static):
    """One bar a role, of one GPU; the numbers beneath say the same."""

    DEFAULT_CSS = "MemoryBars { height: auto; width: 1fr; }"

    def __init__(self, symbols: Symbols) -> None:
        super().__init__(markup=False)
        self._symbols = symbols

        self._layout: Layout | str = ""

    def on_resize(self) -> None:
        self.show(self._layout)

    def show(self, layout: Layout | str) -> None:
        self._layout = layout
        if isinstance(layout, str):
            self.update(Content.styled(self._symbols.text(layout), QUIET))
        else:
            self.update(Content("\n").join(line for role in layout.roles for line in self._role(role)))

    def _role(self, role: RoleLayout) -> list[Content]:
        memory = role.memory
        free = memory.unused_gib
        work = memory.gpu_gib - memory.weights_gib - memory.kv_gib - free
        parts: list[Part] = [(memory.weights_gib, "━", "running"), (work, "╍", "quiet"), (memory.kv_gib, "━", "done")]
        total = f"{memory.gpu_gib - free:.0f} of {memory.gpu_gib:.0f} GiB"
        width = max(10, self.content_size.width - LABEL - len(total) - 2)
        return [
            Content.assemble(
                f"{role.role}, TP{role.tensor_parallel}".ljust(LABEL),
                bar(parts, memory.gpu_gib, width, self._symbols),
                (f"  {total}", QUIET),
            ),
            Content.assemble(
                " " * LABEL,
                (f"weights {memory.weights_gib:.0f}", STYLES["running"]),
                (f"   work {work:.0f}   ", QUIET),
                (f"KV cache {memory.kv_gib:.0f} GiB", STYLES["done"]),
            ),
        ]


class Placement(Static):
    """A line a node; where there are many, those that carry the same in one."""

    DEFAULT_CSS = "Placement { height: auto; width: 1fr; }"

    def __init__(self, symbols: Symbols) -> None:
        super().__init__(markup=False)
        self._symbols = symbols

    def show(self, layout: Layout | str, gpus_per_node: int) -> None:
        if isinstance(layout, str):
            self.update("")
            return
        gpus = {role.role: role.gpus for role in layout.roles}
        heads = "".join(f"{role.upper():<10}" for role in gpus)
        lines = [Content.styled(f"{'NODE':<12}{heads}GPUS", QUIET)]
        lines += [self._line(same, gpus, gpus_per_node) for same in _alike(layout.placement)]
        self.update(Content("\n").join(lines))

    def _line(self, nodes: list[tuple[int, NodePods]], gpus: dict[str, int], all_gpus: int) -> Content:
        (first, node), last = nodes[0], nodes[-1][0]
        name = f"node {first}" if first == last else f"nodes {first}-{last}"
        cells = "".join(f"{self._pods(node.pods.get(role, 0), each):<10}" for role, each in gpus.items())
        used = sum(node.pods.get(role, 0) * each for role, each in gpus.items())
        role = "done" if used == all_gpus else "text"
        return Content.assemble(f"{name:<12}{cells}", (f"{used} of {all_gpus}", STYLES[role]))

    def _pods(self, count: int, gpus: int) -> str:
        return self._symbols.text(f"{count} × {gpus}") if count else self._symbols.text("–")


def _alike(placement: Iterable[NodePods]) -> list[list[tuple[int, NodePods]]]:
    """Nodes with their numbers, neighbours that carry the same together."""
    numbered = list(enumerate(placement, start=1))
    if len(numbered) <= FEW_NODES:
        return [[each] for each in numbered]
    groups = groupby(numbered, key=lambda pair: tuple(sorted(pair[1].pods.items())))
    return [list(same) for _, same in groups]
