"""CMS families, one file each; a page belongs to the first family that recognises it.

Order matters where families share a mark: the more special one stands first.
"""

from pipelines.platforms import (
    dedecms,
    eastday,
    founder,
    generic,
    gkmlpt,
    hanweb,
    jpaas,
    mee,
    nfcms,
    phpcms,
    sudy,
    trs,
    ucap,
    vsb,
    wechat,
    wordpress,
)
from pipelines.platforms.family import Platform
from pipelines.view import View

PLATFORMS = (
    wechat.PLATFORM,
    nfcms.PLATFORM,
    gkmlpt.PLATFORM,
    mee.PLATFORM,
    jpaas.PLATFORM,
    hanweb.PLATFORM,
    vsb.PLATFORM,
    sudy.PLATFORM,
    eastday.PLATFORM,
    founder.PLATFORM,
    trs.PLATFORM,
    ucap.PLATFORM,
    wordpress.PLATFORM,
    phpcms.PLATFORM,
    dedecms.PLATFORM,
)
"""All families but the generic one, most special first."""

BY_NAME = {platform.name: platform for platform in (*PLATFORMS, generic.PLATFORM)}
"""Families by the name that a site file may give."""


def recognise(view: View, *, stated: str | None = None) -> Platform:
    """The family of a page: the one its site file states, else the first that recognises it, else the generic one."""
    if stated in BY_NAME:
        return BY_NAME[stated]
    return next((platform for platform in PLATFORMS if platform.recognises(view)), generic.PLATFORM)
