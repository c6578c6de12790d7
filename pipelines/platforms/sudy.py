"""苏迪 Sudy webplus, universities and some bureaus: `wp_articlecontent`, lists `list.htm`, `list2.htm` … with `wp_paging`."""

from pipelines.platforms.family import Platform

PLATFORM = Platform(
    name="sudy",
    marks=(".wp_articlecontent", ".wp_paging"),
    signs=("_visitcountdisplay", "/_css/_system/system.css"),
    address=r"/(?:c\d+a\d+/page|\d+/list\d*)\.(?:htm|psp)",
    articles=r"/c\d+a\d+/page\.(?:htm|psp)",
    listings=r"/list\d*\.(?:htm|psp)",
    bodies=(".wp_articlecontent", ".entry .read", ".article .entry"),
    titles=(".arti_title", ".arti-title"),
)
