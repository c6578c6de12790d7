"""How a fleet is: its workers, its jobs, the hosts that are held, the pages that are left, what is catalogued."""

from typing import Any

from sqlalchemy import text

from crawler.fleet.catalog import FleetCatalog
from crawler.fleet.database import transaction, using_database


def read_status(url: str) -> dict[str, Any]:
    """Rows of workers, jobs and hosts, the pages by state, and what the catalog has, in numbers. Raises DatabaseAway."""
    with using_database(url) as engine:
        with transaction(engine, patience=0) as connection:
            workers, jobs, hosts, pages = (connection.execute(query).all() for query in _QUERIES)
        catalogued = FleetCatalog(engine).counts()
    counts = {"pending": 0, "in flight": 0, "done": 0, "failed": 0} | {row.state: row.number for row in pages}
    return {
        "workers": [[row.id, round(row.silence), row.jobs] for row in workers],
        "jobs": [[row.task_name, row.status, row.number] for row in jobs],
        "hosts": [[row.host, row.holder, round(row.left)] for row in hosts],
        "pages": counts,
        "catalog": catalogued,
    }


_WORKERS = """
SELECT w.id, CAST(extract(epoch FROM now() - w.last_heartbeat) AS float) AS silence, count(j.id) AS jobs
FROM procrastinate_workers w LEFT JOIN procrastinate_jobs j ON j.worker_id = w.id AND j.status = 'doing'
GROUP BY w.id ORDER BY w.id"""
_JOBS = """
SELECT task_name, CAST(status AS text) AS status, count(*) AS number
FROM procrastinate_jobs GROUP BY 1, 2 ORDER BY 1, 2"""
_HOSTS = """
SELECT host, holder, CAST(extract(epoch FROM until - now()) AS float) AS "left"
FROM host_locks WHERE token > 0 AND until > now() ORDER BY host"""
_PAGES = "SELECT state, count(*) AS number FROM pages GROUP BY state"
_QUERIES = tuple(map(text, (_WORKERS, _JOBS, _HOSTS, _PAGES)))
