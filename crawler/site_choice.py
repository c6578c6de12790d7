"""Which site a person means: the key of one that is known, or the path of a file."""

import difflib
from collections.abc import Mapping
from importlib import resources
from pathlib import Path

from archive.sites import scan_sites
from pipelines.errors import SiteError
from pipelines.site import Site, parse_site


def choose_site(named: str, folder: Path | None) -> tuple[Site, str]:
    """The site, and where its file is; raises SiteError with the key that was probably meant.

    Other files that are wrong do not matter here.
    """
    path = Path(named)
    if path.suffix == ".toml" or path.is_file():
        return _read_file(path), named
    sites, problems = scan_sites(folder)
    if named in sites:
        return sites[named], find_file(named, folder)
    own = [problem for problem in problems if f"{named}.toml" in str(problem)]
    if own:
        raise own[0]
    raise SiteError(f"{named}: no such site; {hint_at(named, sites)}")


def hint_at(named: str, sites: Mapping[str, Site]) -> str:
    """The key that was probably meant, by its letters or by the name of the site, or where the keys are listed."""
    close = difflib.get_close_matches(named, sites, n=1) or [key for key, site in sites.items() if named in site.name]
    return f"did you mean {close[0]!r}?" if close else "`lantian sites list` shows them"


def find_file(key: str, folder: Path | None) -> str:
    """The path of a known site's file, as errors name it."""
    packaged = Path(str(resources.files("seeds").joinpath("sites")))
    own = next(folder.rglob(f"{key}.toml"), None) if folder else None
    found = next(packaged.rglob(f"{key}.toml"), None)
    if own:
        return str(own)
    return f"seeds/sites/{found.relative_to(packaged).as_posix()}" if found else f"{key}.toml"


def _read_file(path: Path) -> Site:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise SiteError(f"{path}: no such file; `lantian sites new URL` writes one") from None
    except UnicodeDecodeError as error:
        raise SiteError(f"{path}: not UTF-8 at byte {error.start}; save the file as UTF-8") from None
    except OSError as error:
        raise SiteError(f"{path}: cannot be read: {error.strerror}; check its permissions") from None
    site = parse_site(text, where=str(path))
    if f"{site.key}.toml" != path.name:
        raise SiteError(f"{path}: key {site.key!r} is not the file's name; rename one of them")
    return site
