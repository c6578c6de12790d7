"""The figures in the text format of Prometheus, for the textfile collector of its node exporter."""

from collections.abc import Sequence
from pathlib import Path

from prometheus_client import CollectorRegistry, Gauge, generate_latest, write_to_textfile

from archive.disk import on_disk
from crawler.health.alarms import Alarm
from crawler.health.measure import Figures


def make_registry(figures: Sequence[Figures], alarms: Sequence[Alarm]) -> CollectorRegistry:
    """Gauges by site."""
    registry = CollectorRegistry()
    counted = {
        "pages": "Pages fetched in the last round",
        "article": "Articles fetched in the last round",
        "blocked": "Pages that were refused in the last round",
        "failed": "Exchanges that failed in the last round",
        "characters lost": "Pages of the last round that lost characters",
    }
    for name, help_text in counted.items():
        gauge = Gauge(f"lantian_{name.replace(' ', '_')}", help_text, ["site"], registry=registry)
        for one in figures:
            gauge.labels(one.site.key).set(one.last.counts.get(name, 0))
    moment = Gauge("lantian_last_success_seconds", "When pages last came in a round", ["site"], registry=registry)
    missed = Gauge("lantian_missed", "Crawls of a week that did not happen", ["site"], registry=registry)
    traps = Gauge("lantian_traps", "Shapes of addresses that are followed no further", ["site"], registry=registry)
    overdue = Gauge("lantian_overdue", "Articles not looked at again as promised", ["site"], registry=registry)
    coverage = Gauge("lantian_coverage", "Share of articles with a field", ["site", "field"], registry=registry)
    links = Gauge("lantian_links", "Articles that the list of a channel names", ["site", "channel"], registry=registry)
    for one in figures:
        for channel, number in one.last.under("list ").items():
            links.labels(one.site.key, channel).set(number)
        if one.succeeded_at is not None:
            moment.labels(one.site.key).set(one.succeeded_at.timestamp())
        missed.labels(one.site.key).set(one.missed)
        traps.labels(one.site.key).set(len(one.traps))
        overdue.labels(one.site.key).set(one.overdue)
        for field, share in one.coverage.items():
            coverage.labels(one.site.key, field).set(share)
    raised = Gauge("lantian_alarm", "Alarms that are on", ["site", "kind"], registry=registry)
    for alarm in alarms:
        raised.labels(alarm.site, alarm.kind).inc()
    return registry


def write_metrics(registry: CollectorRegistry, path: str) -> None:
    """Write to a file, at once, or to standard output (`-`); raises StorageFull."""
    if path == "-":
        print(generate_latest(registry).decode(), end="")  # noqa: T201 (what was asked for)
    else:
        with on_disk(Path(path)):
            write_to_textfile(path, registry)
