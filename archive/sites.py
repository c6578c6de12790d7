"""The site files: those of the package, and those of a folder of the user's own.

A file is `<province>/<key>.toml`; names that begin with `_` are templates. A key is given once: a folder of your own
adds sites, it does not silently change ours.
"""

from collections.abc import Iterator, Mapping
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from urllib.parse import urlsplit

from pipelines.errors import SiteError
from pipelines.site import Site, parse_site


def read_sites(folder: Path | None = None) -> dict[str, Site]:
    """Every site by its key, in the order of keys; raises SiteError for the first file that is wrong."""
    sites, problems = scan_sites(folder)
    if problems:
        raise problems[0]
    return sites


def scan_sites(folder: Path | None = None) -> tuple[dict[str, Site], list[SiteError]]:
    """Every site that can be read, and what is wrong with the other files."""
    sites: dict[str, Site] = {}
    places: dict[str, str] = {}
    problems: list[SiteError] = []
    for where, file in _site_files(folder):
        try:
            site = _read_site(file, where, taken=places)
        except SiteError as error:
            problems.append(error)
        else:
            sites[site.key], places[site.key] = site, where
    return dict(sorted(sites.items())), problems


def site_for(url: str, sites: Mapping[str, Site]) -> Site | None:
    """The site whose hosts an address is on; where several share one, that with the closest channel, then by key.

    A host in a site file matches any port, or names one: `127.0.0.1:8001`.
    """
    try:
        parts = urlsplit(url)
        names = {parts.netloc.rpartition("@")[2].lower(), parts.hostname}
    except ValueError:
        return None
    candidates = [site for site in sites.values() if any(host.lower() in names for host in site.hosts)]
    return min(candidates, key=lambda site: (-_closeness(url, site), site.key), default=None)


def _closeness(url: str, site: Site) -> int:
    """The length of the longest folder of a channel that the address lies in."""
    folders = (channel.url.rpartition("/")[0] + "/" for channel in site.channels)
    return max((len(folder) for folder in folders if url.startswith(folder)), default=0)


def _site_files(folder: Path | None) -> Iterator[tuple[str, Traversable]]:
    """Each site file with the name that errors call it by."""
    packaged = resources.files("seeds").joinpath("sites")
    if packaged.is_dir():
        yield from _walk(packaged, "seeds/sites")
    if folder is not None:
        if not folder.is_dir():
            raise SiteError(f"{folder}: no such folder of site files; name one that exists")
        yield from _walk(folder, str(folder))


def _walk(folder: Traversable, where: str) -> Iterator[tuple[str, Traversable]]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            yield from _walk(entry, f"{where}/{entry.name}")
        elif entry.name.endswith(".toml") and not entry.name.startswith("_"):
            yield f"{where}/{entry.name}", entry


def _read_site(file: Traversable, where: str, *, taken: Mapping[str, str]) -> Site:
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise SiteError(f"{where}: not UTF-8 at byte {error.start}; save the file as UTF-8") from None
    except OSError as error:
        raise SiteError(f"{where}: cannot be read: {error.strerror}; check its permissions") from None
    site = parse_site(text, where=where)
    if f"{site.key}.toml" != file.name:
        raise SiteError(f"{where}: key {site.key!r} is not the file's name; rename one of them")
    if site.key in taken:
        raise SiteError(f"{where}: key {site.key!r} is taken by {taken[site.key]}; choose another")
    return site
