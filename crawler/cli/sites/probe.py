"""`lantian sites probe`: a dry run of one column or issue. Stores nothing."""

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from crawler.cli.exit_codes import FAILED, found_if
from crawler.cli.options import allow_private_option, every_command, sites_option, this_run
from crawler.cli.output import print_json, print_table, say
from crawler.cli.sites.visiting import finding_to_json, on_a_visit, show_findings
from crawler.examine import examine, examine_platform
from crawler.finding import Finding
from crawler.live_check import probe_site
from crawler.probe import Probe
from crawler.site_choice import choose_site
from crawler.visit import Look
from pipelines.records import FIELDS, Article, Link
from pipelines.report import outcome_to_line
from pipelines.site import SHANGHAI, Channel, Site

DAY = click.DateTime(["%Y-%m-%d"])
SHOWN = 60
"""Characters of a paragraph that are shown."""


@click.command()
@click.argument("named", metavar="KEY|FILE")
@click.option("--channel", type=click.IntRange(min=1), default=1, show_default=True, help="Which column, from 1.")
@click.option(
    "--on",
    "today",
    type=DAY,
    metavar="YYYY-MM-DD",
    help="Judge as on that day: whether a list is kept up, which issue is the newest.  [default: today]",
)
@allow_private_option
@sites_option
@every_command
def probe(*, named: str, channel: int, today: datetime | None, allow_private: bool, sites_path: Path | None) -> None:
    """Try a site file: the links of one list, one article, and where every field came from. Stores nothing.

    Exits 1 when something is wrong, as with a list that has had nothing new for long, and 3 when the list could not be
    had. Sites that stand still, as that of the demo, are judged as on a day of their own with `--on`.

    \b
    Example:
      lantian sites probe jiangsu
      lantian sites probe my-sites/example_sx.toml --channel 2
      lantian sites probe demo_qingxi --sites demo-out/sites --allow-private --on 2024-03-20
    """
    site, file = choose_site(named, sites_path)
    channels = [] if site.issues else [_channel(site, channel)]
    day = today.date() if today else datetime.now(SHANGHAI).date()
    with on_a_visit(site.name):
        (found,) = probe_site(site, channels, today=day, allow_private=allow_private)
    findings = [*examine(found, site, today=day), *examine_platform([found], site)]
    if this_run().json:
        _print_lines(found, findings, file)
    else:
        _show(found, findings, file)
    failed = FAILED if found.list.problem else found_if(any(finding.is_wrong for finding in findings))
    click.get_current_context().exit(failed)


def _channel(site: Site, number: int) -> Channel:
    if number > len(site.channels):
        raise click.UsageError(f"--channel {number}: {site.key} has {len(site.channels)}")
    return site.channels[number - 1]


def _print_lines(found: Probe, findings: list[Finding], file: str) -> None:
    print_json(_to_line(found.list, "list", found.name))
    if found.following:
        print_json(_to_line(found.following, "next", found.name))
    for look in found.tried:
        print_json(_to_line(look, "article", found.name))
    for finding in findings:
        print_json(finding_to_json(finding, file=file))


def _to_line(look: Look, role: str, name: str) -> dict[str, Any]:
    head = {"role": role, "channel": name, "asked": look.asked, "problem": look.problem, "platform": look.platform}
    return head | outcome_to_line(look.outcome, url=look.url)


def _show(found: Probe, findings: list[Finding], file: str) -> None:
    say(f"{found.where}  {found.list.url}")
    say(f"  {found.list.outcome.kind}, {found.list.platform or 'generic markup'}, {len(found.links)} links")
    if found.links:
        rows = [(link.date, link.title, link.url) for link in found.links]
        print_table(f"{len(rows)} links of {found.name}", ("date", "title", "url"), rows)
        more = f", {len(found.following.outcome.links)} links" if found.following else ""
        say(f"next page: {_describe(found.list.outcome.next)}{more}")
    if found.article and found.article.outcome.article:
        _show_article(found.article.outcome.article, found.article)
    show_findings(findings, file=file)


def _describe(link: Link | None) -> str:
    if link is None:
        return "none"
    form = f" with {link.body.decode('utf-8', 'replace')}" if link.body else ""
    return f"{'' if link.method == 'GET' else link.method + ' '}{link.url}{form}"


def _show_article(article: Article, look: Look) -> None:
    values = {name: getattr(article, name) for name in FIELDS}
    rows = [(name, value, article.origins.get(name)) for name, value in values.items()]
    shown = [*article.paragraphs[:2], *article.paragraphs[2:][-1:]]
    rows.append(("paragraphs", len(article.paragraphs), article.origins.get("paragraphs")))
    rows += [("", text[:SHOWN] + ("…" if len(text) > SHOWN else ""), None) for text in shown]
    rows += [("attachment", item.url, item.title) for item in article.attachments]
    rows += [("image", item.url, item.caption) for item in article.images]
    page = look.outcome.page
    if page:
        rows.append(("encoding", page.encoding.used, page.encoding.evidence))
        rows += [("repaired", len(page.steps), ", ".join(page.damage))] if page.steps else []
    rows.append(("confidence", article.confidence, look.platform or "generic markup"))
    print_table(f"article  {look.url}", ("field", "value", "from"), rows)
