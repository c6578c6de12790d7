"""南方 NFCMS, the CMS of Guangdong governments: `/content/post_<id>.html`, `#zoomcon` or `.article-content`.

Lists are static `index.html`, `index_2.html` … printed as links. Some pages repeat the whole body hidden at the end,
and the disclosure skin gkmlpt hides the body tag itself until a script runs.
"""

from pipelines.platforms.family import Platform

PLATFORM = Platform(
    name="nfcms",
    signs=("nfcms_site_id", "nfcms_post_id"),
    address=r"/content/post_\d+\.html",
    articles=r"/content/post_\d+\.html",
    listings=r"/index(?:_\d+)?\.html$",
    bodies=(
        "#zoomcon",
        "div.article-content",
        ".article_content",
        ".info_cont",
        ".zw",
        ".content_article",
        ".newscontnet",
        ".contentbox",
    ),
    drops=(".bbnr", "#ces"),
)
