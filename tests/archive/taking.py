"""Short ways to fill an archive: the real intake, in this process."""

from collections.abc import Mapping, Sequence

from archive.directory import Archive
from archive.ingest import Intake, Taken
from archive.judge import Verdict
from archive.workers import Workers
from pipelines.records import Capture, Outcome
from pipelines.site import Site

Result = tuple[Outcome, Verdict | None]


def take_all(
    archive: Archive,
    captures: Sequence[Capture],
    *,
    sites: Mapping[str, Site] | None = None,
    key: str | None = None,
    workers: Workers | None = None,
    one_by_one: bool = False,
) -> list[Result]:
    """Take captures; `key` is the site they are fetched for. With `one_by_one` each is catalogued before the next."""
    known = sites or {}
    taken: list[Taken] = []
    with workers or Workers(0) as pool, Intake(archive, workers=pool, sites=known) as intake:
        for capture in captures:
            taken.append(intake.take(capture, site=known[key] if key else None))
            if one_by_one:
                taken[-1].verdict.result(timeout=30)
    return [(one.future.result(), one.verdict.result()) for one in taken]


def verdicts(results: Sequence[Result]) -> list[Verdict | None]:
    """What was judged, in order."""
    return [verdict for _, verdict in results]
