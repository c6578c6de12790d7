"""Which addresses of a site are one page: the table `[same_page]` of a site file."""

from collections.abc import Collection
from dataclasses import replace
from typing import Annotated

from pydantic import Field

from pipelines.records import Model
from pipelines.urls import Address

Parameter = Annotated[str, Field(pattern=r"^[^\s=&?#]+$")]
Place = Annotated[str, Field(pattern=r"^[a-z0-9.\-]+(:\d+)?(/([^\s?#]*/)?)?$")]


class Mirror(Model):
    """A second place of the same pages: what stands at `at` is what stands at `of`; hosts, or hosts with the folder of a path."""

    at: Place
    of: Place


class SamePage(Model):
    """What of an address of a site chooses no other page: parameters by name, and at which of several places it stands."""

    parameters: tuple[Parameter, ...] = ()
    mirrors: tuple[Mirror, ...] = ()

    @property
    def is_stated(self) -> bool:
        """Whether there is any rule."""
        return bool(self.parameters or self.mirrors)

    def fold(self, address: Address) -> Address:
        """The address at the main place, without the parameters."""
        kept = (pair for pair in address.query.split("&") if pair.partition("=")[0] not in self.parameters)
        return self._move(replace(address, query="&".join(kept)))

    def find_mistake(self, hosts: Collection[str]) -> str | None:
        """Why the rules cannot be those of a site with these hosts; None where they can."""
        known = {host.lower() for host in hosts}
        for place in (place for mirror in self.mirrors for place in (mirror.at, mirror.of)):
            if (host := place.partition("/")[0]) not in known:
                return f"mirrors: {host!r} is not one of the site's hosts; add it to hosts, or take the line out"
        for one in self.mirrors:
            if ("/" in one.at) != ("/" in one.of):
                return f"mirrors: {one.at!r} of {one.of!r}: write both as hosts, or both with a folder that ends in '/'"
            if any(_lies_in(one.of, other.at) for other in self.mirrors):
                return f"mirrors: {one.of!r} is itself called a mirror; 'of' is the main place"
        return None

    def _move(self, address: Address) -> Address:
        """The longest place that the address lies in decides, until it lies in none: a mirror may mirror folders too.

        No main place lies in a mirror, so every further move shortens what follows the place.
        """
        while found := [mirror for mirror in self.mirrors if _lies_in(_place_of(address), mirror.at)]:
            mirror = max(found, key=lambda each: len(each.at))
            place, _, path = (mirror.of + _place_of(address)[len(mirror.at) :]).partition("/")
            name, _, port = place.partition(":")
            address = replace(address, host=name, port=int(port) if port else None, path=f"/{path}")
        return address


def _place_of(address: Address) -> str:
    return (address.host if address.port is None else f"{address.host}:{address.port}") + address.path


def _lies_in(address: str, place: str) -> bool:
    """Whether an address without scheme is on a host, or in a folder."""
    return address.startswith(place) and (place.endswith("/") or address[len(place) :][:1] in {"", "/"})
