"""What of a config goes, what stays, and making it go: nodes and cluster in Azure, and what was put into a cluster."""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from llmd_tui.azure import api_versions
from llmd_tui.azure.place import Place
from llmd_tui.clock import Clock
from llmd_tui.draft.summary import cost_parts
from llmd_tui.errors import UserError
from llmd_tui.files import write_private
from llmd_tui.helm import Helm
from llmd_tui.kube.connection import Cluster
from llmd_tui.plan.choice import Choice
from llmd_tui.plan.graph import Plan
from llmd_tui.presets.removal import removal_times
from llmd_tui.rollout.words import estimate, listing, many
from llmd_tui.run.kubeconfig import flattened, write_credentials
from llmd_tui.run.undo import Reached, Thing, named, ours, undo

if TYPE_CHECKING:
    from llmd_tui.azure.client import Arm
    from llmd_tui.azure.removal import Leftover, Removal, What

OnStatus = Callable[[str], None]
NOUNS: "Mapping[What, str]" = {"group": "resource group", "cluster": "cluster", "pool": "node pool"}


@dataclass(frozen=True)
class Teardown:
    """`name` is to be typed, `noun` what kind of thing it names.

    `things` are in a cluster that stays, `removal` is in Azure; either may be nothing. `unreached` says why the cluster
    could not be asked.
    """

    noun: str
    name: str
    goes: tuple[str, ...]
    stays: tuple[str, ...]
    choice: Choice
    plan: Plan
    place: Place | None = None
    removal: "Removal | None" = None
    things: Sequence[Thing] = ()
    unreached: str = ""

    def named(self, what: "What") -> str:
        """Such as "cluster llmd"; the name is the one that is to be typed."""
        assert self.place is not None
        name = {"group": self.place.group, "cluster": self.place.cluster, "pool": self.place.pool}[what]
        return f"{NOUNS[what]} {name}"

    @property
    def subject(self) -> str:
        """What is deleted, such as "resource group llmd"."""
        return f"{self.noun} {self.name}" if self.removal else f"what is ours in {self.name}"

    @property
    def takes(self) -> str:
        """How long, estimated, and what it is good for."""
        times = removal_times()
        parts = [getattr(times, self.removal.what)] if self.removal else []
        parts += [times.things] if self.things else []
        normal, slow = (sum(getattr(part, name) for part in parts) for name in ("normal_seconds", "slow_seconds"))
        usual = f"about {estimate(normal)}, at times {estimate(slow)}"
        if self.removal is None:
            return usual
        return (
            f"{usual}; then {'its nodes cost nothing' if self.removal.what == 'pool' else 'none of this costs money'}"
        )


@dataclass(frozen=True)
class Ended:
    """`left` still costs money, as far as it is known; `stays` is what could not go."""

    left: "Sequence[Leftover]" = ()
    stays: Sequence[str] = field(default_factory=list[str])
    bought: bool = True

    def lines(self) -> list[str]:
        """What is left, as sentences and lists."""
        costly = [each for each in self.left if each.usd_per_hour != 0.0]
        lines = [f"Stays: {each}." for each in self.stays]
        if not self.bought:
            return lines
        if not costly:
            return [*lines, "Nothing of it costs money any more."]
        lines.append("Still costs money:")
        for each in costly:
            price = f"${each.usd_per_hour:,.2f}/h by list price" if each.usd_per_hour else "price not known here"
            lines.append(f"  {each.name}: {price}")
        return lines


async def teardown(choice: Choice, plan: Plan, arm: "Arm | None", clock: Clock, what: "What | None" = None) -> Teardown:
    """Looks at what there is; changes nothing. Raises UserError when nothing is, or when it is not ours."""
    if arm is None or choice.azure is None:
        return await _in_a_cluster(choice, plan, clock)
    from llmd_tui.azure.removal import removal

    place = place_of(choice, arm.subscription)
    chosen = await removal(arm, place, what)
    things: tuple[Thing, ...] = ()
    goes, unreached = [_words(chosen)], ""
    if chosen.what == "pool":
        try:
            async with reached(choice, arm, clock) as where:
                things = tuple(await ours(plan, where))
        except UserError as error:
            unreached = error.message
    goes += [f"  {each}" for each in chosen.takes] if chosen.what != "pool" else []
    goes += _listed(things)
    return Teardown(
        NOUNS[chosen.what],
        chosen.name,
        tuple(goes),
        tuple(_stays(choice, chosen.what, unreached)),
        choice,
        plan,
        place,
        chosen,
        things,
        unreached,
    )


async def tear_down(wanted: Teardown, arm: "Arm | None", clock: Clock, on_status: OnStatus) -> Ended:
    """What is in a cluster that stays first, then what is in Azure; each until it is gone.

    Given up half-way it can be begun again. Raises UserError.
    """
    stays: list[str] = []
    if wanted.things:
        async with reached(wanted.choice, arm, clock) as where:
            stays = await undo(list(wanted.things), where, on_status)
    if arm is None or wanted.removal is None or wanted.place is None:
        return Ended(stays=stays, bought=False)
    from llmd_tui.azure.removal import leftovers, remove

    await remove(arm, wanted.removal, on_status)
    return Ended(await leftovers(arm, wanted.place), stays)


def place_of(choice: Choice, subscription: str) -> Place:
    """Where a config has its things in Azure."""
    return replace(choice.place, subscription=subscription)


@asynccontextmanager
async def reached(choice: Choice, arm: "Arm | None", clock: Clock) -> AsyncGenerator[Reached]:
    """The config's cluster, by a kubeconfig of its own. Raises UserError when it does not answer."""
    with TemporaryDirectory(prefix="llmd-tui-") as folder:
        path = Path(folder) / "kubeconfig"
        if choice.config.target.kubeconfig:
            chosen = choice.config.target.kubeconfig
            write_private(path, flattened(chosen.context, chosen.file))
        elif arm:
            await _credentials(choice, arm, path)
        async with await Cluster.connect(path) as cluster:
            await cluster.version()
            yield Reached(cluster, Helm(kubeconfig=path), clock)


async def _credentials(choice: Choice, arm: "Arm", path: Path) -> None:
    place = place_of(choice, arm.subscription)
    answer = await arm.post(f"{place.cluster_path}/listClusterUserCredential", api_versions.AKS)
    write_credentials(path, answer)


async def _in_a_cluster(choice: Choice, plan: Plan, clock: Clock) -> Teardown:
    chosen = choice.config.target.kubeconfig
    assert chosen is not None
    async with reached(choice, None, clock) as where:
        things = tuple(await ours(plan, where))
    if not things:
        raise UserError(f"Nothing of ours is in {chosen.context}.", "There is nothing to delete.")
    stays = ("the cluster and its nodes", *_kept_kinds(plan))
    return Teardown("context", chosen.context, tuple(_listed(things)), stays, choice, plan, things=things)


def _words(chosen: "Removal") -> str:
    if chosen.what == "pool":
        return chosen.takes[0]
    alone = ": nothing else is in it" if chosen.what == "group" and len(chosen.takes) == 1 else ""
    return f"{NOUNS[chosen.what]} {chosen.name}{alone}"


def _listed(things: Sequence[Thing]) -> list[str]:
    """Releases by name; of objects how many, and their kinds."""
    releases = [each for each in things if not isinstance(each, dict)]
    applied = [each for each in things if isinstance(each, dict)]
    lines = [f"{many(len(releases), 'release')}: {listing([each.release for each in releases], 9)}"] if releases else []
    if applied:
        kinds = list(dict.fromkeys(named(each).partition(" ")[0] for each in applied))
        lines.append(f"{many(len(applied), 'object')} of ours: {listing(kinds, 6)}")
    return lines


def _stays(choice: Choice, what: str, unreached: str) -> list[str]:
    stays = ["answers file, exports and journal, kept here"]
    azure = choice.azure
    if what == "pool" and azure:
        rest = [price for _, price in cost_parts(choice)[1:]]
        cost = sum(price for price in rest if price)
        costs = f": ${cost:,.2f}/h" if cost and None not in rest else ""
        stays.insert(0, f"cluster {azure.cluster} with its other pools{costs}; the kinds that were added to it")
    elif what == "cluster" and azure:
        stays.insert(0, f"resource group {azure.resource_group}")
    if azure:
        stays.append(f"quota: {choice.nodes * choice.size.vcpus} vCPU come free for others")
    if unreached:
        stays.insert(0, f"what was installed in the cluster, which does not answer: {unreached}")
    return stays


def _kept_kinds(plan: Plan) -> list[str]:
    from llmd_tui.plan.actions import Manifest

    added = sum(len(a.crds) for phase in plan.phases for a in phase.actions if isinstance(a, Manifest))
    return [f"{many(added, 'kind')} that were added to it, which others may use"] if added else []
