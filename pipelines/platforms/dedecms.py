"""织梦 DedeCMS, small papers and offices: `/a/xinwen/20190101/12.html`, `list_3_2.html`, `/plus/count.php`."""

from pipelines.platforms.family import Platform

PLATFORM = Platform(
    name="dedecms",
    signs=("/plus/count.php", "/plus/digg_ajax.php", "/plus/feedback", "/plus/view.php", "dedeajax", "/templets/"),
    articles=r"/\d{8}/\d+\.html|/\d{4}/\d{4}/\d+\.html|plus/view\.php",
    listings=r"list_\d+(?:_\d+)?\.html|plus/list\.php",
    bodies=("#contentText", ".viewbox .content", ".content", ".article-content"),
    drops=(".boxoff", ".newdigg", ".handle", ".dede_pages"),
)
