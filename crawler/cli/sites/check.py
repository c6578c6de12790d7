"""`lantian sites check`: whether site files are right, in themselves and, with --live, against the network."""

from pathlib import Path

import click

from archive.sites import scan_sites
from crawler.cli.exit_codes import FAILED, found_if
from crawler.cli.options import allow_private_option, every_command, sites_option, this_run
from crawler.cli.output import print_json, say
from crawler.cli.sites.visiting import finding_to_json, on_a_visit, show_findings
from crawler.live_check import LiveCheck, check_live
from crawler.site_choice import choose_site, find_file
from crawler.site_review import review_site
from pipelines.errors import SiteError
from pipelines.site import Site


@click.command()
@click.argument("named", nargs=-1, metavar="[KEY|FILE]...")
@click.option("--live", is_flag=True, help="Compare one site with the network, and say what to change.")
@allow_private_option
@sites_option
@every_command
def check(*, named: tuple[str, ...], live: bool, allow_private: bool, sites_path: Path | None) -> None:
    """Check site files (by default every one); exit 1 when one is wrong.

    With --live one site is compared with the network: the first page of every list, and an article of each. What
    should be changed is printed as lines for its file.

    \b
    Example:
      lantian sites check --sites my-sites
      lantian sites check --live jiangsu
    """
    if live and len(named) != 1:
        raise click.UsageError("--live needs one KEY or FILE; lantian sites check --live jiangsu")
    if live:
        _check_live(named[0], sites_path, allow_private=allow_private)
    elif named:
        _check_files([choose_site(one, sites_path) for one in named], [])
    else:
        right, problems = scan_sites(sites_path)
        _check_files([(site, find_file(key, sites_path)) for key, site in right.items()], problems)


def _check_files(sites: list[tuple[Site, str]], problems: list[SiteError]) -> None:
    reviews = [review_site(site, where=file) for site, file in sites]
    findings = [*map(str, problems), *(finding for review in reviews for finding in review)]
    for finding in findings:
        if this_run().json:
            print_json({"finding": finding})
        else:
            say(finding)
    if not this_run().json:
        right = sum(not review for review in reviews)
        say(f"site files: {right} right, {len(sites) - right + len(problems)} wrong")
    click.get_current_context().exit(found_if(findings))


def _check_live(named: str, sites_path: Path | None, *, allow_private: bool) -> None:
    site, file = choose_site(named, sites_path)
    mistakes = review_site(site, where=file)
    with on_a_visit(site.name):
        found = check_live(site, allow_private=allow_private)
    _report(found, mistakes, file)
    if all((probe.list.outcome.reason or "").endswith("private-address") for probe in found.probes):
        click.get_current_context().exit(FAILED)
    click.get_current_context().exit(found_if(mistakes or not found.is_right))


def _report(found: LiveCheck, mistakes: list[str], file: str) -> None:
    if this_run().json:
        for mistake in mistakes:
            print_json({"finding": "file", "wrong": True, "file": file, "where": "", "says": mistake, "change": []})
        for finding in found.findings:
            print_json(finding_to_json(finding, file=file))
        print_json(_summary(found))
        return
    for mistake in mistakes:
        say(f"✗ {mistake}")
    show_findings(found.findings, file=file)
    counts = _summary(found)
    says = "as its file says" if found.is_right and not mistakes else "not as its file says"
    lists = "issue" if found.site.issues else "lists"
    say(f"{found.site.key}: {says}; {counts['lists']} {lists}, {counts['links']} links, {counts['articles']} articles")


def _summary(found: LiveCheck) -> dict[str, object]:
    counts = {"lists": len(found.probes), "links": found.links, "articles": found.articles}
    return {"site": found.site.key, "right": found.is_right, "day": found.day.isoformat(), **counts}
