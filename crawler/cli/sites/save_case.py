"""`lantian sites save-case`: a live page as a test case."""

from dataclasses import dataclass
from pathlib import Path

import click

from archive.cases import Case, require_free
from archive.cases import save_case as write_case
from archive.errors import CaseError
from crawler.allowed_hosts import is_allowed
from crawler.cli.exit_codes import FAILED
from crawler.cli.options import allow_private_option, every_command, sites_option, this_run
from crawler.cli.output import complain, print_json, say
from crawler.cli.sites.visiting import on_a_visit, require_address
from crawler.site_choice import choose_site
from crawler.visit import Look, Visitor, visit


@dataclass(frozen=True, slots=True)
class OnePage:
    """The shortest tour."""

    url: str

    async def __call__(self, visitor: Visitor) -> Look:
        """Look at the page."""
        return await visitor.look(self.url)


@click.command(name="save-case")
@click.argument("named", metavar="KEY|FILE")
@click.argument("url")
@click.option(
    "--case", "name", required=True, help="What the page is an example of, as list-2026 or notice-with-table."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("tests/sites"),
    show_default=True,
    help="The folder of cases.",
)
@allow_private_option
@sites_option
@every_command
def save_case(*, named: str, url: str, name: str, out: Path, allow_private: bool, sites_path: Path | None) -> None:
    """Keep a page of a site as a test: its exchange as a WARC of one, and what came of it as JSON to review.

    The test finds the case by itself, and fails until its draft has been compared with the page.

    \b
    Example:
      lantian sites save-case jiangsu https://sthjj.example.gov.cn/tz/t20240310_1.html --case notice-2024
    """
    require_address(url)
    site, _ = choose_site(named, sites_path)
    case = Case(out / site.key, name)
    try:
        require_free(case)
    except CaseError as error:
        raise click.UsageError(str(error)) from None
    with on_a_visit(url):
        look = visit(OnePage(url), site=site, allow_private=allow_private)
    if look.problem or look.capture is None:
        complain(f"{url}: {look.problem}")
        click.get_current_context().exit(FAILED)
    if not is_allowed(look.url, site.hosts):
        complain(f"{look.url}: is on no host of {site.key!r}, so that no crawl of it comes here; the case is kept")
    write_case(case, look.capture, look.outcome)
    if this_run().json:
        print_json({"warc": str(case.warc), "json": str(case.json), "url": look.url, "kind": look.outcome.kind})
        return
    say(f"wrote {case.warc} and {case.json}: {look.outcome.kind}  {look.url}")
    say("next:")
    say(f'  1. compare every field of {case.json} with the page, correct it, delete its line "draft"')
    say(f"  2. pytest tests/sites -k {case.key}")
