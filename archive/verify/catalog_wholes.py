"""Articles over several pages, as the catalog has them joined, against their pages."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError
from sqlalchemy import create_engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from archive.catalog.wholes import find_unsettled
from archive.verify.attached_catalog import readable
from archive.verify.kinds import make_finding
from archive.verify.report import Finding


def check_wholes(path: Path) -> Iterator[Finding]:
    """Joined texts that are not those of their pages, and pages put to another article."""
    with readable(path) as uri:
        engine = create_engine("sqlite://", creator=lambda: sqlite3.connect(uri, uri=True), poolclass=NullPool)
        try:
            with engine.connect() as connection:
                for article in find_unsettled(connection):
                    yield make_finding(
                        "derived-altered", place=path.name, expected="its pages joined", actual=f"article {article}"
                    )
        except (SQLAlchemyError, ValidationError, RecursionError) as error:
            yield make_finding(
                "derived-altered",
                place=path.name,
                expected="articles over several pages",
                actual=str(error).splitlines()[0],
            )
        finally:
            engine.dispose()
