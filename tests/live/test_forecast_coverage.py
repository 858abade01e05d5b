"""The measure of the forecast: which contexts and which points it counts."""

from random import Random

from tests.forecast_coverage import Epoch, coverage, epochs, points
from tests.live.events_builder import SESSION, T0
from tui_monitor.events import CompactionUpdate, ContextUpdate, Event

THRESHOLD = 167_000


def bursty_epoch(seed: int) -> Epoch:
    """Return a context that is first filled by reading, then by edits, with a long result now and then."""
    random, fills = Random(seed), [30_000]
    while fills[-1] < THRESHOLD:
        mean = 2_500 if fills[-1] < 70_000 else 900
        fills.append(fills[-1] + round(random.expovariate(1 / mean)) + (9_000 if random.random() < 0.03 else 1))
    return Epoch(tuple(fills), THRESHOLD)


def test_ranges_of_invented_contexts_hold_the_truth() -> None:
    bands = coverage(point for seed in range(40) for point in points(bursty_epoch(seed)))
    assert all(total > 200 for total, _ in bands)
    shares = [held / total for total, held in bands]
    assert [share >= least for share, least in zip(shares, (0.8, 0.8, 0.85), strict=True)] == [True] * 3, shares


def test_only_contexts_that_were_compacted_automatically_are_measured() -> None:
    def fill(at: int, tokens: int, agent: str = "") -> ContextUpdate:
        return ContextUpdate(session=SESSION, at=T0 + at, agent=agent, tokens=tokens)

    def compaction(at: int, trigger: str, failed: bool = False) -> CompactionUpdate:
        return CompactionUpdate(session=SESSION, at=T0 + at, trigger=trigger, before=160_000, failed=failed)

    filling: list[Event] = [fill(at, 1000 * at) for at in range(1, 21)]
    other: list[Event] = [fill(at, 7 * at, "sub") for at in range(1, 21)]
    expected = Epoch(tuple(range(1000, 21_000, 1000)), 160_000)
    assert list(epochs([*filling, *other, compaction(30, "auto")])) == [expected]
    assert not list(epochs([*filling, compaction(30, "manual"), *filling[:5], compaction(40, "auto")]))
    assert list(epochs([*filling, compaction(30, "auto", failed=True), compaction(40, "auto")])) == [expected]
    assert not list(epochs(filling))
