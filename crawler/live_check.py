"""One site against the network: every column once, and what its file should say instead."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from crawler.examine import examine_whole
from crawler.finding import Finding, to_toml
from crawler.probe import Probe, probe_channel, probe_issue
from crawler.visit import Visitor, visit
from pipelines.site import SHANGHAI, Channel, Site


@dataclass(frozen=True)
class LiveCheck:
    """What the network said of a site; the last of `findings` may be good news."""

    site: Site
    day: date
    probes: tuple[Probe, ...]
    findings: tuple[Finding, ...]

    @property
    def is_right(self) -> bool:
        """Whether the site can be crawled as its file says."""
        return not any(finding.is_wrong for finding in self.findings)

    @property
    def articles(self) -> int:
        """How many columns or issues gave an article."""
        return sum(probe.article is not None for probe in self.probes)

    @property
    def links(self) -> int:
        """How many links their first pages have."""
        return sum(len(probe.links) for probe in self.probes)


def check_live(site: Site, *, allow_private: bool) -> LiveCheck:
    """Look at every column of a bureau, or the newest issue of a newspaper. Raises VisitError."""
    today = datetime.now(SHANGHAI).date()
    probes = probe_site(site, site.channels, today=today, allow_private=allow_private)
    findings = examine_whole(probes, site, today=today)
    if not any(finding.is_wrong for finding in findings):
        findings += _good_news(site, today)
    return LiveCheck(site, today, tuple(probes), tuple(findings))


def probe_site(site: Site, channels: Sequence[Channel], *, today: date, allow_private: bool) -> list[Probe]:
    """Probe some columns of a bureau, or the newest issue of a newspaper. Raises VisitError."""
    return visit(_Round(site, channels, today), site=site, allow_private=allow_private)


@dataclass(frozen=True)
class _Round:
    """The tour: one column after another, for they share a host."""

    site: Site
    channels: Sequence[Channel]
    today: date

    async def __call__(self, visitor: Visitor) -> list[Probe]:
        if self.site.issues:
            return [await probe_issue(visitor, self.site, self.site.issues, today=self.today)]
        return [await probe_channel(visitor, self.site, channel) for channel in self.channels]


def _good_news(site: Site, today: date) -> list[Finding]:
    """A file that was right today may say so."""
    if site.status == "verified":
        return []
    fact = f"compared with the live site by `lantian sites check --live {site.key}`, {today.isoformat()}"
    change = ('status = "verified"', f"facts = {to_toml([*site.facts, fact])}")
    says = f"is as the file says; its status {site.status!r} can be changed"
    return [Finding("verified", "status", says, change, is_wrong=False)]
