"""What pages tell of the site they belong to: its name, its province, a key for it, its columns. Told, never invented."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from crawler.provinces import NATIONAL, PROVINCES, Province
from pipelines.dom import squeeze, text_of
from pipelines.view import View

_OFFICE = r"[\u4e00-\u9fff（）()]{2,24}?(?:局|厅|委员会|管委会|办公室|人民政府|生态环境部|日报社?|晚报|晨报|早报|时报|都市报|商报|导报|快报|周报|青年报|农民报|新闻网)"
_NAME = re.compile(_OFFICE)
_OWNER = re.compile(rf"(?:主办单位|主办|版权所有|Copyright\W*)\s*[：:]?\s*({_OFFICE})(?![\u4e00-\u9fff])")
_TITLE_BREAK = re.compile(r"\s*(?:[-_—–|>»＞,，]+|\s)\s*")
_SITE_WORDS = re.compile(r"(?:官方|门户|政务)?(?:网站?|主页|首页|欢迎您)$")
_RECORD = re.compile(r"([\u4e00-\u9fff])\s*ICP\s*备")
_CODE = re.compile(r"(?:标识码|SiteIDCode)\W{0,20}((?:bm|\d{2})\d{8})", re.IGNORECASE)
_TAILS = frozenset({"gov", "com", "net", "org", "edu", "cn"})
_DEPARTMENTS = re.compile(
    r"(?:www\d?|s{1,2}thj+[tj]?|sthjt?|hbj|hbt|hb|epb|epaper|paper|szb|newpaper|m|wap|news|xxgk|zwgk)"
)
_COLUMN = re.compile(
    r"要闻|动态|新闻|通知|公告|公示|资讯|政策|法规|环评|环境质量|污染防治|执法|督察|信息公开|通报|处罚|曝光|宣传|工作信息"
)
_LONGEST_COLUMN = 12


@dataclass(frozen=True, slots=True)
class Told:
    """A value, and where it was read."""

    value: str
    where: str


def tell_name(view: View) -> Told | None:
    """The name of the office or paper: its meta tag, its title, or who says to own the page."""
    stated = view.metas.get("sitename")
    if stated:
        return Told(_SITE_WORDS.sub("", stated) or stated, "meta SiteName")
    for part in reversed(_TITLE_BREAK.split(view.title)):
        bare = _SITE_WORDS.sub("", part)
        if _NAME.fullmatch(bare):
            return Told(bare, "the page's title")
    owner = _OWNER.search(squeeze(" ".join(line.text for line in view.lines.all[-40:])))
    return Told(owner[1], "the page's foot") if owner else None


def tell_province(view: View, name: str | None) -> tuple[Province, str] | None:
    """The province, and by which mark: the site's 标识码, the name, the host, or the 备案号."""
    code = view.metas.get("siteidcode") or next(iter(_CODE.findall(view.text)), "")
    for province in (*PROVINCES, NATIONAL):
        if code.lower().startswith(province.code):
            return province, f"标识码 {code}"
    for province in PROVINCES:
        if (name or "").startswith(province.name):
            return province, "the name"
    labels = (urlsplit(view.url).hostname or "").split(".")
    for province in PROVINCES:
        if province.folder in labels:
            return province, "the host"
    sign = _RECORD.search(squeeze(text_of(view.root)))
    found = next((province for province in PROVINCES if sign and province.sign == sign[1]), None)
    return (found, f"备案号 {found.sign}ICP备") if found else None


def tell_key(url: str, province: Province | None, taken: Collection[str]) -> str | None:
    """A key from the host that nobody has yet; None where the host has no name to take.

    >>> tell_key("https://sthjj.suzhou.gov.cn/x", None, ())
    'suzhou'
    """
    labels = (urlsplit(url).hostname or "").lower().split(".")
    named = [label for label in labels if label not in _TAILS and not _DEPARTMENTS.fullmatch(label)]
    stem = re.sub(r"[^a-z0-9]+", "_", named[-1]).strip("_") if named else ""
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,36}", stem):
        return None
    tries = [stem, *([f"{stem}_{province.suffix}"] if province else [])]
    return next((key for key in tries if key not in taken), None)


def tell_column(view: View, site_name: str | None) -> Told | None:
    """The name of a list page's column: its meta tag, or the first part of its title that is not the site."""
    stated = view.metas.get("columnname")
    if stated:
        return Told(stated, "meta ColumnName")
    for part in _TITLE_BREAK.split(view.title):
        bare = _SITE_WORDS.sub("", part)
        if 1 < len(bare) <= _LONGEST_COLUMN and bare != site_name and not _NAME.fullmatch(bare):
            return Told(bare, "the page's title")
    return None


def find_columns(view: View) -> Iterator[tuple[str, str]]:
    """Name and address of each column that a home page names in a word or two."""
    seen: set[str] = set()
    for anchor in view.root.iter("a"):
        name, address = text_of(anchor), view.address(anchor.get("href"))
        if not address or address in seen or len(name) > _LONGEST_COLUMN or not _COLUMN.search(name):
            continue
        if urlsplit(address).netloc == urlsplit(view.url).netloc and address != view.url:
            seen.add(address)
            yield name, address


def find_lists_above(view: View) -> list[str]:
    """The list pages that an article names in its path (当前位置): folders that its own address lies in."""
    folders = {address: text_of(a) for a in view.root.iter("a") if (address := view.address(a.get("href")))}
    above = [address for address in folders if view.url.startswith(address.rpartition("/")[0] + "/")]
    named = [address for address in above if urlsplit(address).path.strip("/") and _COLUMN.search(folders[address])]
    return sorted(named, key=len, reverse=True)
