"""What the header of the screens after the run says: how far, how much."""

from llmd_tui.rollout.words import duration
from screens.glyphs import State
from screens.run.live import LiveRun


def standing(run: LiveRun) -> tuple[State, tuple[str, ...]]:
    """State; then its word with the clock, the time left, the price an hour."""
    now, progress = run.clock.time(), run.progress
    amount = run.plan.cost_per_hour.amount
    price = f"${amount:,.2f}/h" if amount else ""
    took = duration(progress.times.seconds(now))
    if progress.ended:
        done = progress.ended.outcome == "done"
        failed = progress.ended.outcome == "failed"
        state: State = "done" if done else "failed" if failed else "slow"
        told = f"done in {took}" if done else f"{progress.ended.outcome} after {took}"
        return state, tuple(filter(None, (told, price)))
    current = progress.current(now)
    failed = bool(progress.of("failed"))
    state = "failed" if failed else "waiting" if run.control.paused else "running"
    elapsed = current.elapsed(now) if current else None
    told = f"{current.name} {duration(elapsed or 0)}" if current else f"running {took}"
    return state, tuple(filter(None, (f"stuck {took}" if failed else told, progress.time_left(now), price)))
