"""Errors of the pure part.

    PipelineError
    ├── SiteError      a site file cannot be understood
    ├── PlanError      a repair plan does not fit the text it is applied to
    └── AddressError   what a person gave as an address is none

A bad page is never an error: it is an `Outcome` with a reason.
"""


class PipelineError(Exception):
    """The root of the tree; its text is one line, `where: what; hint`."""


class SiteError(PipelineError):
    """A site file cannot be understood."""


class PlanError(PipelineError):
    """A repair plan does not fit the text it is applied to."""


class AddressError(PipelineError, ValueError):
    """What a person gave as an address is none, or none that may be fetched."""
