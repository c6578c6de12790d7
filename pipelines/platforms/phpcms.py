"""PHPCMS, small papers and offices: `/2019/1011/48653.html`, `index.php?m=content&c=index&a=show`, counter `op=count`."""

from pipelines.platforms.family import Platform

PLATFORM = Platform(
    name="phpcms",
    signs=("api.php?op=count", "m=content&c=index", "m=content&amp;c=index", "phpcms"),
    articles=r"/\d{4}/\d{4}/\d+\.html|a=show\b",
    listings=r"a=lists\b|/list-\d+-\d+\.html",
    bodies=(".article-content", "#content", ".content", ".show_content"),
    drops=("#pages", ".related", ".article-tags"),
)
