"""Scrapy settings of the project; each one that differs from Scrapy's default says why in one line.

Site files set the delay and concurrency of their site; command flags and `scrapy crawl -s` set the rest.
"""

import os
from importlib.metadata import version

BOT_NAME = "lantian"
# Site files are the spiders: there is no module of spider classes to walk.
SPIDER_LOADER_CLASS = "crawler.spider_loader.SiteSpiderLoader"
# Exact bytes of every exchange, robots.txt without its race, private addresses refused.
ADDONS = {"crawler.addon.ExactCapture": 0}

# --- Settings of our own.
# The archive directory of the run.
LANTIAN_ARCHIVE = os.environ.get("LANTIAN_ARCHIVE", "archive-data")
# A folder of more site files, beside the packaged ones.
LANTIAN_SITES = os.environ.get("LANTIAN_SITES") or None
# Who answers for this crawler: an address or page a webmaster can write to.
LANTIAN_CONTACT = os.environ.get("LANTIAN_CONTACT", "")
# Processes that turn captures into articles; the reactor never does.
LANTIAN_WORKERS = int(os.environ.get("LANTIAN_WORKERS") or min(4, os.cpu_count() or 1))
# Attachments fetched for one article; a notice with more is a download page.
LANTIAN_MAX_ATTACHMENTS = 20
# Style sheets, pictures and fonts fetched for one article, where its site file asks for them.
LANTIAN_MAX_REQUISITES = 200
# Pages in a row that a site refuses (412, 403, 521) before its crawl stops instead of knocking on.
LANTIAN_MAX_BLOCKED = 5
# Seconds a host is left in peace that did; twice as long each time.
LANTIAN_PEACE = 900.0
# Seconds that a scheduled crawl may take while other sites wait; the next one goes on.
LANTIAN_TURN = 3600.0
# Where the capture add-on hands over each exchange.
CAPTURE_SINK = "crawler.sink.ArchiveSink"
# Loopback, private and link-local addresses are somebody's inside: never, but for networks named (`10.0.0.0/8,::1/128`).
ALLOW_PRIVATE_ADDRESSES = os.environ.get("LANTIAN_ALLOW_PRIVATE") or False

# --- An honest guest.
# Says who we are; some provinces reset connections of default agents, none of honest ones is known to.
USER_AGENT = f"Lantian/{version('lantian')}" + (f" (+{LANTIAN_CONTACT})" if LANTIAN_CONTACT else "")
# A public archive keeps to the rules of its sources.
ROBOTSTXT_OBEY = True
# Site files override this; a site nobody described gets a request a second.
DOWNLOAD_DELAY = 1.0
# One fetcher a host is politeness enough; site files may raise it.
CONCURRENT_REQUESTS_PER_DOMAIN = 1
# One article or the requests of one list come of a page; Scrapy starts this many tasks for every response, 100 by default.
CONCURRENT_ITEMS = 4
# Slow servers are asked less often; `crawler.pace` does not let it go below what a host has asked for.
AUTOTHROTTLE_ENABLED = True
EXTENSIONS = {"scrapy.extensions.throttle.AutoThrottle": None, "crawler.pace.Pace": 0}
# The delay of a site file is a promise, not an average.
DOWNLOAD_DELAY_JITTER = 0.0
# The delay of the site file is the start; 5 s would be slower than any site asks for.
AUTOTHROTTLE_START_DELAY = 1.0
# Chinese pages first; brotli and zstd are not asked for, as replay tools cannot read them everywhere.
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "zh-CN,zh;q=0.9",
    "Accept-Encoding": "gzip, deflate",
}

# --- Exact and bounded.
# Bodies stay as they came: the road decodes them, and so does the robots reader.
COMPRESSION_ENABLED = False
# Scrapy would decode the page with a charset that is often wrong; the road finds the refresh itself.
METAREFRESH_ENABLED = False
# Every answer reaches the spider and is counted, errors too.
HTTPERROR_ALLOW_ALL = True
# The largest body kept; longer ones are cut and marked so.
DOWNLOAD_MAXSIZE = 32 * 1024 * 1024
# No page of a bureau needs three minutes.
DOWNLOAD_TIMEOUT = 60
# A body cut by the server is kept and marked, not thrown away.
DOWNLOAD_FAIL_ON_DATALOSS = False
# Said once, by the spider, when the last attempt has failed.
RETRY_GIVE_UP_LOG_LEVEL = "DEBUG"
# Twenty hops are a loop.
REDIRECT_MAX_TIMES = 10
# Addresses of articles with long query strings exist; 2083 was a limit of Internet Explorer. Longer ones are not sent.
URLLENGTH_LIMIT = 8192
DOWNLOADER_MIDDLEWARES = {
    # The allow-list is of exact hosts, not of whole domains.
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "crawler.allowed_hosts.AllowedHosts": 50,
    # A crawl is alone at its hosts: an ingestion asks none of them, not even for robots.txt.
    "crawler.host_turns.HostTurns": 60,
    # Loops are told from long ways, and a cookie gate that points at itself is passed once.
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "crawler.redirects.Redirects": 600,
    # Refusals and resets slow a crawl down, and end it; beneath the retries, to see each attempt.
    "crawler.back_off.BackOff": 560,
    # What a killed crawl had fetched is not fetched again.
    "crawler.recall.Recall": 810,
    # Cookies are for gates that point at themselves; nothing else is carried from page to page.
    "scrapy.downloadermiddlewares.cookies.CookiesMiddleware": None,
    "crawler.gates.GateCookies": 700,
    # What the catalog knows is asked for as "changed since?"; nearest the handler, so that each hop asks for itself.
    "crawler.conditional.Conditional": 820,
}

# --- Closed doors.
# It runs code sent to a local port.
REMOTE_CONTROL_ENABLED = False
# A second local port with a Python prompt.
TELNETCONSOLE_ENABLED = False

# --- What people see.
# One line an event that matters; LOG_LEVEL=DEBUG shows every exchange.
LOG_LEVEL = "WARNING"
# A crawl ends with a table of our own.
STATS_DUMP = False
# Chinese text is readable in exports.
FEED_EXPORT_ENCODING = "utf-8"
