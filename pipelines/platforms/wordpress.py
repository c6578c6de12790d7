"""WordPress: `entry-content`, metas of Open Graph, `rel=next` pagers."""

from pipelines.platforms.family import Platform

PLATFORM = Platform(
    name="wordpress",
    signs=(r"/wp-content/", r"/wp-includes/", r"wp-json"),
    bodies=("#post_content", ".entry-content", ".post-content", ".article-content", ".entry", ".post_content"),
    titles=(".entry-title", ".post-title", ".article-title"),
    drops=(".post-like", ".article-tags", ".related_posts"),
)
