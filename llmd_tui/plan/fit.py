"""What can be chosen together, and why not: the one source for the plan's problems and the screens' dimmed rows."""

from dataclasses import dataclass

from llmd_tui.presets.paths import WellLitPath
from llmd_tui.presets.sizes import Size
from llmd_tui.presets.sizes import size as known_size
from llmd_tui.presets.strategies import Strategy


@dataclass(frozen=True)
class Fit:
    """`reason` says why not, or is empty; `brief` the same in a cell's few words, `note` is worth knowing anyway."""

    reason: str = ""
    note: str = ""
    brief: str = ""

    @property
    def fits(self) -> bool:
        return not self.reason


def short(size: Size) -> str:
    """ND96isr_H100_v5: the name as tables and sentences use it."""
    return size.name.removeprefix("Standard_")


def strategy_fit(strategy: Strategy, size: Size, os_sku: str | None = None, kubernetes: str | None = None) -> Fit:
    """Whether a driver strategy can carry a size, an OS and a Kubernetes version (None: not chosen yet)."""
    if reason := size.unfit.strategies.get(strategy.name):
        return Fit(f"{strategy.name} does not fit {short(size)}: {reason}")
    if reason := _os_reason(strategy, size, os_sku):
        return Fit(reason, brief=f"not with {strategy.name}: it {strategy.os_reason}" if os_sku else "")
    if kubernetes and _version(kubernetes) < _version(strategy.minimum_kubernetes):
        return Fit(f"{strategy.name} needs Kubernetes {strategy.minimum_kubernetes}, {kubernetes} was chosen")
    return Fit(note="preview" if strategy.preview else "")


def _os_reason(strategy: Strategy, size: Size, os_sku: str | None) -> str:
    if not set(strategy.os_skus) & set(size.os_skus):
        return f"{strategy.name} runs on {' or '.join(strategy.os_skus)}, which {short(size)} does not"
    if os_sku and os_sku not in strategy.os_skus:
        return f"{strategy.name} cannot be carried by {os_sku}: it {strategy.os_reason}"
    if os_sku and os_sku not in size.os_skus:
        return f"{short(size)} does not run {os_sku}, only {' or '.join(size.os_skus)}"
    if os_sku in strategy.os_without_ofed and size.rdma:
        return f"{strategy.name} cannot bring RDMA to {os_sku}: there is no OFED image for it"
    return ""


def path_fit(path: WellLitPath, size: Size, nodes: int | None = None) -> Fit:
    """Whether a well-lit path can run on a size and a number of nodes (None: not chosen yet)."""
    if reason := path.why_not(size):
        least = path.minimum_nodes(path.reference)
        have = f", you have {nodes} × {short(size)}" if nodes else ""
        brief = f"needs {least} × {_reference_gpu(path)}"
        return Fit(f"{path.name} needs {least} × {path.reference.removeprefix('Standard_')}{have}", reason, brief)
    minimum = path.minimum_nodes(size.name) or 1
    if nodes is not None and nodes < minimum:
        return Fit(
            f"{path.name} needs {minimum} × {short(size)}, you have {nodes} × {short(size)}",
            brief=f"needs {minimum} nodes",
        )
    return Fit()


def _reference_gpu(path: WellLitPath) -> str:
    return known_size(path.reference).gpu.model


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".")[:2])
