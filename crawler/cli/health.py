"""`lantian health`: whether every site still gives what it used to."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from archive.directory import Archive
from archive.sites import scan_sites
from crawler.cli.exit_codes import FAILED, found_if
from crawler.cli.fleet_database import Database, require_fleet
from crawler.cli.moment import CHINA
from crawler.cli.options import archive_option, choose_sites, every_command, sites_option, this_run
from crawler.cli.output import complain, print_json, print_table, say
from crawler.frontier import Frontier
from crawler.health.alarms import Alarm, find_alarms
from crawler.health.measure import Figures, is_known, measure
from crawler.health.metrics import make_registry, write_metrics
from crawler.health.notify import tell
from crawler.health.webhooks import NotTold, Webhook, parse_webhook

COLUMNS = ("site", "last success", "articles", "last new", "coverage", "refused", "charset", "missed", "alarms")


def _read_webhooks(_: click.Context, __: click.Parameter, values: Sequence[str]) -> list[Webhook]:
    try:
        return [parse_webhook(value) for value in values]
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


@click.command()
@click.argument("keys", nargs=-1, metavar="[SITE]...")
@click.option("--metrics", metavar="FILE", help="Write the figures for Prometheus instead, to a file or `-`.")
@click.option(
    "--webhook",
    "webhooks",
    multiple=True,
    callback=_read_webhooks,
    metavar="KIND=URL[#SECRET]",
    envvar="LANTIAN_WEBHOOK",
    show_envvar=True,
    help="Tell what is new and what is over; KIND is wecom, dingtalk, feishu or slack.",
)
@click.option(
    "--database", type=Database(), help="How the sites of a fleet are, by its PostgreSQL, instead of by an archive."
)
@archive_option
@sites_option
@every_command
def health(
    *,
    keys: tuple[str, ...],
    database: str | None,
    metrics: str | None,
    webhooks: list[Webhook],
    archive_path: Path,
    sites_path: Path | None,
) -> None:
    """Show how SITEs (by default all) are, against their files and their own past. Exits 1 when an alarm is on.

    Sites that were never crawled as a whole are left out. Each alarm is told to a webhook once, and once when it is over.

    \b
    Example:
      lantian health
      lantian health --webhook wecom=https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…
      lantian health --metrics /var/lib/node_exporter/lantian.prom
      lantian health --database postgresql://lantian@db.example.org/lantian
    """
    sites, wrong_files = scan_sites(sites_path)
    now = datetime.now(UTC)
    with _open_frontier(archive_path, database) as frontier:
        with frontier.view() as connection:
            chosen = choose_sites(keys, sites)
            found = [measure(connection, site, now=now) for site in chosen]
            partly = [
                site.key for site, one in zip(chosen, found, strict=True) if not one and is_known(connection, site)
            ]
        figures = [one for one in found if one is not None]
        alarms = [alarm for one in figures for alarm in find_alarms(one, now=now)]
        is_told = _tell(frontier, alarms, webhooks, now, {one.site.key for one in figures} if keys else None)
    if metrics:
        write_metrics(make_registry(figures, alarms), metrics)
    else:
        _show(figures, alarms, partly)
    for problem in wrong_files:
        complain(problem)
    click.get_current_context().exit(found_if(alarms or wrong_files) if is_told else FAILED)


@contextmanager
def _open_frontier(archive_path: Path, database: str | None) -> Iterator[Frontier]:
    if database is None:
        with Frontier(Archive.open(archive_path, create=False)) as frontier:
            yield frontier
        return
    require_fleet()
    from crawler.fleet.database import using_database  # noqa: PLC0415 (of the extra)
    from crawler.fleet.frontier import SharedFrontier  # noqa: PLC0415
    from crawler.fleet.migrate import require_current  # noqa: PLC0415

    with using_database(database) as engine:
        require_current(engine)
        yield SharedFrontier(engine)


def _tell(
    frontier: Frontier, alarms: list[Alarm], webhooks: list[Webhook], now: datetime, looked_at: set[str] | None
) -> bool:
    try:
        if webhooks:
            tell(frontier, alarms, webhooks, now=now, looked_at=looked_at)
    except NotTold as error:
        complain(error)
        return False
    return True


def _show(figures: list[Figures], alarms: list[Alarm], partly: list[str]) -> None:
    for key in partly:
        complain(
            f"health: {key}: every crawl was of a part (--since, --until, --pages), which says nothing of the site"
        )
    if this_run().json:
        for one in figures:
            own = [{"kind": alarm.kind, "text": alarm.text} for alarm in alarms if alarm.site == one.site.key]
            print_json(_to_line(one) | {"alarms": own})
        return
    if not figures and not partly:
        complain(
            "health: none of these sites was ever crawled into this archive; lantian crawl does, --sites names more"
        )
    elif figures:
        print_table("health", COLUMNS, [_to_row(one, alarms) for one in figures])
    for alarm in alarms:
        say(f"{alarm.site} [{alarm.kind}] {alarm.text}")
    for one in figures:
        if one.traps:
            say(f"{one.site.key}: not followed any further, as they bring nothing new: {', '.join(one.traps)}")


def _to_line(one: Figures) -> dict[str, Any]:
    counts = one.last.counts
    return {
        "site": one.site.key,
        "last_crawl": one.crawled_at.isoformat(timespec="seconds") if one.crawled_at else None,
        "last_success": one.succeeded_at.isoformat(timespec="seconds") if one.succeeded_at else None,
        "run_ended": one.run_reason,
        "articles": counts.get("article", 0),
        "last_new": one.finds[0] if one.finds else None,
        "coverage": one.coverage,
        "refused": round(one.last.share("blocked", "pages"), 3),
        "charset_otherwise_than_stated": counts.get("charset otherwise than stated", 0),
        "characters_lost": counts.get("characters lost", 0),
        "missed": one.missed,
        "overdue": one.overdue,
        "traps": list(one.traps),
        "channels": one.last.under("list "),
    }


def _to_row(one: Figures, alarms: list[Alarm]) -> list[object]:
    line = _to_line(one)
    coverage = " ".join(f"{share:.0%}" for share in one.coverage.values())
    own = sum(alarm.site == one.site.key for alarm in alarms)
    succeeded = f"{one.succeeded_at.astimezone(CHINA):%Y-%m-%d %H:%M}" if one.succeeded_at else None
    figures = (line["articles"], line["last_new"], coverage, f"{line['refused']:.0%}")
    return [one.site.key, succeeded, *figures, line["charset_otherwise_than_stated"], one.missed, own]
