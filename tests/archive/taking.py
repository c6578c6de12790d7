"""Short ways to fill an archive: the real intake, in this process."""

from collections.abc import Mapping, Sequence

from archive.directory import Archive
from archive.ingest import Intake
from archive.judge import Verdict
from archive.workers import Workers
from pipelines.records import Capture, Outcome
from pipelines.site import Site

Result = tuple[Outcome, Verdict | None]


def take_all(
    archive: Archive, captures: Sequence[Capture], *, sites: Mapping[str, Site] | None = None, key: str | None = None
) -> list[Result]:
    """Take captures one after the other, each catalogued before the next; `key` is the site they are fetched for."""
    known = sites or {}
    results: list[Result] = []
    with Workers(0) as workers, Intake(archive, workers=workers, sites=known) as intake:
        for capture in captures:
            taken = intake.take(capture, site=known[key] if key else None)
            results.append((taken.future.result(), taken.verdict.result(timeout=30)))
    return results


def verdicts(results: Sequence[Result]) -> list[Verdict | None]:
    """What was judged, in order."""
    return [verdict for _, verdict in results]
