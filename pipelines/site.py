"""A bureau or newspaper as data: what a file under `seeds/sites/` says.

This module parses text; `archive.sites` opens the files. The layout of a page is chosen by the time it was fetched,
so that old captures replay as they were.
"""

import difflib
import tomllib
from datetime import date, datetime, timedelta, timezone
from typing import Annotated, Any, Literal, Self

from cronsim import CronSim, CronSimError
from pydantic import AfterValidator, Field, ValidationError, ValidationInfo, field_validator, model_validator

from pipelines.errors import SiteError
from pipelines.records import Model
from pipelines.same_page import Mirror, SamePage
from pipelines.urls import Address

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
"""China has kept one time zone without summer time since 1991; no older page is on the web."""

_CRON_FIELDS = 5

Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,40}$")]
HttpUrl = Annotated[str, Field(pattern=r"^https?://[^\s/]+.*$")]


class Channel(Model):
    """A column of a site: where its list of articles begins."""

    name: str
    url: HttpUrl


class Layout(Model):
    """CSS selectors for pages fetched from `since` (inclusive) until `until` (exclusive), days in Asia/Shanghai.

    Absent fields are found by rule. `links` selects the anchors of a list page, `next` the anchor of its following page.
    """

    since: date | None = None
    until: date | None = None
    title: str | None = None
    subtitle: str | None = None
    published: str | None = None
    source: str | None = None
    author: str | None = None
    editor: str | None = None
    column: str | None = None
    body: str | None = None
    links: str | None = None
    next: str | None = None

    def covers(self, day: date) -> bool:
        """Whether pages fetched on that day had this layout."""
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)


class Issues(Model):
    """How a newspaper numbers its issues: a url with `{yyyy}`, `{mm}` and `{dd}`, in Asia/Shanghai."""

    index: HttpUrl


class Crawl(Model):
    """How to be a polite guest: seconds between requests to one host, requests at a time, list pages a channel.

    `hours` is when pages may be fetched, in Asia/Shanghai: `22:00-06:30`. At most `pages_per_day` are; every article is
    looked at again within `promise_days`. With `requisites`, the style sheets, pictures and fonts of articles are archived.
    """

    delay: float = Field(default=1.0, ge=0)
    concurrency: int = Field(default=1, ge=1, le=8)
    max_list_pages: int = Field(default=50, ge=1)
    hours: str | None = Field(default=None, pattern=r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$")
    pages_per_day: int | None = Field(default=None, ge=1)
    promise_days: int = Field(default=60, ge=1)
    requisites: bool = False

    def is_open_at(self, moment: datetime) -> bool:
        """Whether pages may be fetched at that moment; hours that end before they begin go over midnight."""
        if self.hours is None:
            return True
        first, last = self.hours.split("-")
        clock = f"{moment.astimezone(SHANGHAI):%H:%M}"
        return first <= clock < last if first <= last else clock >= first or clock < last


def _require_cron(value: str) -> str:
    if len(value.split()) != _CRON_FIELDS:
        raise ValueError("five fields: minute, hour, day, month, day of the week")
    try:
        next(CronSim(value, datetime(2026, 1, 1)))  # noqa: DTZ001 (any moment will do)
    except (CronSimError, StopIteration) as error:
        raise ValueError(f"no cron expression: {error or 'it never comes'}") from None
    return value


class Schedule(Model):
    """When `lantian run --due` crawls the site: five cron fields in Asia/Shanghai, and minutes over which starts are spread."""

    cron: Annotated[str, AfterValidator(_require_cron)] = "0 7,13,19 * * *"
    jitter: int = Field(default=60, ge=0, le=720)


class Expect(Model):
    """What a healthy crawl of the whole site finds; outside it the crawl says so."""

    min_articles: int = Field(default=0, ge=0)
    max_articles: int | None = Field(default=None, ge=0)


class Site(Model):
    """One bureau or newspaper."""

    key: Key
    name: str
    kind: Literal["bureau", "newspaper"]
    province: str | None = None
    platform: str | None = None
    hosts: tuple[str, ...] = Field(min_length=1)
    status: Literal["unverified", "verified", "closed"] = "unverified"
    facts: tuple[str, ...] = ()
    channels: tuple[Channel, ...] = Field(default=(), alias="channel")
    layouts: tuple[Layout, ...] = Field(default=(), alias="layout")
    issues: Issues | None = None
    crawl: Crawl = Crawl()
    schedule: Schedule = Schedule()
    expect: Expect = Expect()
    same_page: SamePage = SamePage()

    @model_validator(mode="after")
    def _has_a_way_in(self) -> Self:
        if self.kind == "newspaper" and self.issues is None:
            raise ValueError("a newspaper needs a table [issues]")
        if self.kind == "bureau" and not self.channels:
            raise ValueError("a bureau needs at least one [[channel]]")
        return self

    @field_validator("same_page")
    @classmethod
    def _is_of_own_hosts(cls, value: SamePage, known: ValidationInfo) -> SamePage:
        if mistake := value.find_mistake(known.data.get("hosts", ())):
            raise ValueError(mistake)
        return value

    def is_on(self, host: str, port: int | None) -> bool:
        """Whether a host is one of the site's; one without a port in the site file matches any."""
        names = {host, f"{host}:{port}"} if port else {host}
        return any(own.lower() in names for own in self.hosts)

    def same_page_as(self, address: Address) -> Address:
        """A step of a canonical url: addresses of this site at their main place, others as they are."""
        return self.same_page.fold(address) if self.is_on(address.host, address.port) else address

    def layout_at(self, moment: datetime) -> Layout:
        """The layout of pages fetched at that moment; an empty one where the file names none."""
        day = moment.astimezone(SHANGHAI).date()
        return next((layout for layout in self.layouts if layout.covers(day)), Layout())


def parse_site(text: str, *, where: str) -> Site:
    """Read the text of a site file; `where` names it in errors.

    Raises SiteError: `seeds/sites/guangdong/shenzhen.toml [[layout]]: unknown key 'titel'; did you mean 'title'?`
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SiteError(
            f"{where}: not valid TOML: {error}; every string stands in quotes, every table in brackets"
        ) from None
    try:
        return Site.model_validate(_tuples(table))
    except ValidationError as error:
        raise SiteError(_explain(error, where)) from None


def _tuples(value: Any) -> Any:
    """Turn TOML arrays into tuples, as strict models want them."""
    if isinstance(value, dict):
        return {key: _tuples(item) for key, item in value.items()}
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


_TABLES: dict[str, type[Model]] = {
    "channel": Channel,
    "layout": Layout,
    "issues": Issues,
    "crawl": Crawl,
    "schedule": Schedule,
    "expect": Expect,
    "same_page": SamePage,
    "mirrors": Mirror,
}


def _explain(error: ValidationError, where: str) -> str:
    # A key that is misspelt is also missing: what was written says more.
    first = min(error.errors(), key=lambda each: each["type"] != "extra_forbidden")
    path = [part for part in first["loc"] if isinstance(part, str)]
    table = path[0] if len(path) > 1 or (path and path[0] in _TABLES) else None
    place = f"{where} {_bracket(table)}" if table else where
    name = path[-1] if path else ""
    if first["type"] == "extra_forbidden":
        return f"{place}: unknown key {name!r}{_suggest(name, _TABLES.get(path[-2], Site) if table else Site)}"
    if first["type"] == "missing":
        return f"{place}: key {name!r} is missing; add it"
    message = first["msg"].removeprefix("Value error, ")
    return f"{place}: {name + ': ' if name not in ('', table) else ''}{message}; see seeds/README.md"


def _bracket(table: str) -> str:
    return f"[[{table}]]" if table in {"channel", "layout"} else f"[{table}]"


def _suggest(name: str, model: type[Model]) -> str:
    known = [field.alias or key for key, field in model.model_fields.items()]
    close = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean {close[0]!r}?" if close else f"; known keys: {', '.join(known)}"
