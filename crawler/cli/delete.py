"""`lantian delete`: a payload taken out of the archive under an order of law, with what was made of it."""

from pathlib import Path

import click

from archive.catalog.catalog import Catalog
from archive.deletion.carry_out import delete as carry_out
from archive.deletion.carry_out import finish_catalog
from archive.deletion.plan import Plan, plan_deletion
from archive.directory import Archive
from archive.locks import owning_catalog, sharing_catalog
from archive.sites import read_sites
from archive.store import Store
from archive.upload.ledger import list_copies
from archive.workers.pool import Workers
from crawler.cli.address import KNOWN_ADDRESS
from crawler.cli.options import archive_option, every_command, sites_option, this_run, workers_option
from crawler.cli.output import complain, print_json, print_table, say, say_count

MOST_REASON = 2000


def _require_reason(_: click.Context, __: click.Parameter, value: str) -> str:
    if not value.strip() or len(value) > MOST_REASON or not value.isprintable():
        raise click.BadParameter(
            f"name the order in one line of at most {MOST_REASON} characters: court or office, date, number"
        )
    return value.strip()


@click.command()
@click.argument("urls", nargs=-1, type=KNOWN_ADDRESS, metavar="[URL]...")
@click.option("--record", "record_ids", multiple=True, metavar="ID", help="A single capture, by its record id.")
@click.option(
    "--order",
    "reason",
    required=True,
    callback=_require_reason,
    help="The order and who gave it; it goes into the log for good, for everybody to read.",
)
@click.option("--yes", is_flag=True, help="Do not ask; for programs that have asked already.")
@workers_option
@archive_option
@sites_option
@every_command
def delete(
    *,
    urls: tuple[str, ...],
    record_ids: tuple[str, ...],
    reason: str,
    yes: bool,
    workers: int,
    archive_path: Path,
    sites_path: Path | None,
) -> None:
    """Delete the payloads of pages under an order of law. There is no way back.

    The bytes go wherever they lie, with all pages of an article, at whatever address they came, with every text made of
    them and the kept original of an import. A record of the same place says that it was deleted; the log says when and
    by what order; everything else still verifies, and `lantian verify` names it as deleted, not as altered. What was
    exported before cannot be recalled, a copy in an object store follows at the next `lantian upload`, and a page that
    is still public is kept again when it is crawled again.

    \b
    Example:
      lantian delete https://sthjj.example.gov.cn/tz/t20240310_1.html --order "某市中级人民法院(2026)民初1号裁定"
    """
    if not urls and not record_ids:
        raise click.UsageError("name a URL or a --record")
    archive = Archive.open(archive_path, create=False)
    sites = read_sites(sites_path)
    with owning_catalog(archive), Workers(workers) as pool, Catalog(archive) as catalog:
        Store(archive).close()
        finish_catalog(archive, catalog, workers=pool, sites=sites)
        plan = plan_deletion(archive, catalog, urls=urls, record_ids=record_ids, sites=sites)
        if not yes:
            _show(plan)
            click.confirm("delete them for good?", abort=True, err=True)
        is_signed = carry_out(archive, catalog, plan, reason=reason, workers=pool, sites=sites)
    with sharing_catalog(archive), Catalog(archive) as catalog:
        catalog.purge()
    _report(plan, reason, list_copies(archive), is_signed=is_signed)


def _show(plan: Plan) -> None:
    rows = [(one.url, one.fetched_at, one.record_id, "" if one.is_stored else "refers to it") for one in plan.doomed]
    print_table("to be deleted", ("url", "captured", "record", ""), rows)
    for original in plan.originals:
        say(f"{original.kept_as}: the original of an import goes as a whole; its other captures stay", err=True)


def _report(plan: Plan, reason: str, copies: list[str], *, is_signed: bool) -> None:
    for url, record_id in plan.same_words:
        complain(f"{url}: says the same words in other bytes and stays; --record {record_id} deletes it")
    for address in copies:
        complain(f"{address}: the copy there has it until the next `lantian upload`")
    if this_run().json:
        deleted = [{"url": one.url, "fetched_at": one.fetched_at, "record_id": one.record_id} for one in plan.doomed]
        originals = [one.kept_as for one in plan.originals]
        print_json(
            {
                "deleted": deleted,
                "originals": originals,
                "order": reason,
                "same_words": plan.same_words,
                "copies": copies,
                "signed": is_signed,
            }
        )
        return
    then = (
        "signed with the key of the archive"
        if is_signed
        else "lantian verify calls it not provable until lantian seal signs it"
    )
    say(f"{say_count(len(plan.doomed), 'captures')} deleted; {then}")
