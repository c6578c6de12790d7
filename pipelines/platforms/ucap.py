"""开普 ucap, gov.cn among others: `#UCAP-CONTENT`, a custom tag `<UCAPCONTENT>`, dates in `.pages-date`."""

from pipelines.platforms.family import Platform

PLATFORM = Platform(
    name="ucap",
    marks=("#ucap-content", "ucapcontent", ".pages_content"),
    articles=r"/content_\d+\.htm",
    bodies=("#ucap-content", "ucapcontent", ".pages_content", ".article_con"),
    titles=(".pages-title", ".article-title", ".share-title"),
)
