"""WordPress: `entry-content`, metas of Open Graph, `rel=next` pagers."""

from pipelines.platforms.family import Platform
from pipelines.records import Kind
from pipelines.view import View

_ARCHIVES = {"archive", "category", "tag", "search", "blog", "author", "date"}
_SINGLES = {"single", "single-post", "page", "single-format-standard"}


def kind(view: View) -> Kind | None:
    """What the classes of the body tag say."""
    body = next(view.root.iter("body"), None)
    classes = set((body.get("class") or "").lower().split()) if body is not None else set()
    if classes & _SINGLES:
        return "article"
    return "listing" if classes & _ARCHIVES else None


PLATFORM = Platform(
    name="wordpress",
    signs=("/wp-content/", "/wp-includes/"),
    bodies=("#post_content", ".entry-content", ".post-content", ".article-content", ".entry", ".post_content"),
    titles=(".entry-title", ".post-title", ".article-title"),
    kind=kind,
    drops=(".post-like", ".article-tags", ".related_posts"),
)
