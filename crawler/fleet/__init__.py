"""A fleet: the crawl of one machine, shared among many through one PostgreSQL database.

Needs the extra `lantian[fleet]`. Shared is what decides who fetches what when: the frontier, the schedule, the locks on
hosts, the queue, and the catalog: what each worker has read of what it captured. Each worker's archive is its own: WARC
files and log are evidence, signed by the machine that received the bytes. A worker asks for a page as "changed since?"
only where its own archive has the page.
"""
