"""The table of the long runs, made of their committed reports in tests/soak."""

import statistics
from pathlib import Path
from typing import Any

from tests.bench._table import make_table, read_report

SOAK = Path(__file__).parents[1] / "soak"


def soak_table() -> str:
    exact, road, crawl, store, repair = (
        read_report(SOAK / f"{name}.json")
        for name in ("exact_capture", "one_road", "kill_crawl", "store_kill", "repair")
    )
    overall = repair["rows"]["overall"]
    rows = [
        ["mixed exchanges, 32 at a time, http and https", exact["exchanges"], f"{exact['byte_exact']} byte-exact"],
        [
            "real pages crawled, ingested and replayed",
            road["real_pages"],
            f"{road['equal_lines']} equal lines, {road['differences_of_the_replay']} differences",
        ],
        [
            "kills of a crawl (kill -9)",
            crawl["kills"],
            f"{crawl['acknowledged']} captures acknowledged, {crawl['acknowledged_but_missing']} missing",
        ],
        [
            "kills of two writers at once",
            store["kills"],
            f"{store['acknowledged']} captures acknowledged, {store['lost']} lost, {store['broken_files']} broken files",
        ],
        [
            "passages damaged in eleven ways and repaired",
            repair["passages"],
            f"{overall['error %']} % of characters differ, {overall['digits or Latin wrong']} digits or letters wrong",
        ],
    ]
    rows += _fleet()
    rows += _crashes()
    rows += [*_proof(), *_collection(), *_growth(), *_always_on()]
    return make_table(["long test", "how many", "result"], rows)


def _fleet() -> list[list[Any]]:
    """Many workers: what is in their catalog, what the servers saw, and what went to the object store."""
    fleet, delay = (read_report(SOAK / f"{name}.json") for name in ("fleet", "fleet_delay"))
    exact = (
        f"{fleet['in_the_catalog_of_the_fleet']} of {fleet['articles']} articles exactly once in the fleet's catalog; "
        f"{fleet['captured_again']} captured again; {fleet['requests_of_two_at_one_host']} times two at one host"
    )
    kept = (
        f"median {delay['median_gap']} s apart, fastest four {delay['shortest_gap']} s, "
        f"nearest two {delay['shortest_single_gap']} s, at a delay of {delay['stated_delay']} s"
    )
    rows: list[list[Any]] = [
        [f"hosts, {fleet['workers']} workers: one killed, one frozen, PostgreSQL restarted", fleet["hosts"], exact],
        [f"requests of {delay['workers']} workers to {delay['hosts']} hosts", delay["requests"], kept],
    ]
    if (report := SOAK / "fleet_catalog.json").exists():
        catalog = read_report(report)
        told = (
            f"{catalog['told_per_second']} a second into PostgreSQL, {catalog['followed_per_second']} out of it; "
            f"{catalog['pieces_missed']} of {catalog['pieces_searched']} pieces of text not found"
        )
        rows.append([f"captures of {catalog['archives']} archives into one catalog", f"{catalog['captures']:,}", told])
    if (report := SOAK / "upload_kill.json").exists():
        killed = read_report(report)
        lost = (
            f"{killed['written_twice']} objects written twice, {killed['copies_that_are_not_whole']} copies not whole"
        )
        rows.append(["kills of uploads to an object store", killed["kills"], lost])
    return rows


def _crashes() -> list[list[Any]]:
    """Crawls that crash and go on by themselves."""
    killed, crashed = read_report(SOAK / "frontier_kill.json"), read_report(SOAK / "crash.json")
    told = (
        f"{killed['with_300_of_300']} of {killed['crawls_of_300_articles']} crawls with all 300 articles, "
        f"{killed['pages_archived_more_than_once']} pages archived twice, {killed['verified_intact']} verified intact"
    )
    rows: list[list[Any]] = [["kills of crawls of 300 articles, gone on with", killed["kills"], told]]
    for name, what in CRASHES.items():
        figures = crashed[name]
        whole = figures["crawls"] - len(figures["others"])
        rows.append([what, figures["crashes"], f"{whole} of {figures['crawls']} crawls whole and verified intact"])
    return rows


CRASHES = {
    "kill": "kills at single calls, files rotated every few captures",
    "power": "power cuts: every file back to its last sync",
    "disk": "full disks",
    "clock": "kills, and the clock set back by three days",
}


def _proof() -> list[list[Any]]:
    """Clean archives under verify, and what large files need of memory."""
    parts = read_report(SOAK / "verify_clean.json").values()
    counted = {name: sum(part["counts"][name] for part in parts) for name in ("records", "wacz")}
    alarms = f"{sum(part['false_alarms'] for part in parts)} false alarms over {counted['records']:,} records and {counted['wacz']:,} WACZ files of them"
    memory = read_report(SOAK / "memory.json")
    large = {way: f"{way} {figures['peak_mb'][-1]:.0f}" for way, figures in memory.items()}
    fuzz = read_report(SOAK / "fuzz.json")
    slowest = max(target["slowest_cpu_seconds"] for target in fuzz["targets"].values())
    proved = read_report(SOAK / "prove.json")
    waited = f"{statistics.median(proved['seconds'])} s, at most {max(proved['seconds'])} s"
    told = f"{fuzz['defects']} crashes, hangs or wrong ends; slowest {slowest} s, memory at most {fuzz['peak_mb']} MB"
    return [
        ["clean archives grown by chance, verified in every way", sum(part["seeds"] for part in parts), alarms],
        _honest_use(),
        [f"damaged files of every kind, in {fuzz['seconds'] // 60} minutes", f"{fuzz['cases']:,}", told],
        [
            "bytes in one WARC file",
            f"{memory['verify']['bytes'][-1]:,}",
            f"MB of memory: {large.pop('verify')}, {large.pop('verify --deep')}",
        ],
        [
            "captures in one WACZ",
            f"{memory['verify FILE.wacz']['captures'][-1]:,}",
            f"MB of memory: {large.pop('export --format wacz')}, {large.pop('verify FILE.wacz')}",
        ],
        ["captures in an archive, one of them packed with its proofs", f"{proved['captures']:,}", waited],
        ["bytes of a foreign file", f"{memory['import']['bytes'][-1]:,}", f"MB of memory: {large.pop('import')}"],
    ]


def _honest_use() -> list[Any]:
    """Archives used by the real program, several commands at once."""
    parts = read_report(SOAK / "honest_use.json").values()
    counted = {name: sum(sum(part[name].values()) for part in parts) for name in ("commands", "copies", "verdicts")}
    kills = sum(part["events"]["kills"] for part in parts)
    torn = sum(sum(part["torn copies"].values()) for part in parts)
    alarms = (
        f"{sum(part['false_alarms'] for part in parts)} false alarms in {counted['verdicts'] - torn:,} verdicts, after "
        f"{counted['commands']:,} commands, {kills} of them killed; of {counted['copies']} copies {torn} are called "
        "altered or unreadable that were taken file by file while others wrote, and so are of no moment"
    )
    return ["archives used by the real program, several commands at once", sum(part["seeds"] for part in parts), alarms]


def _collection() -> list[list[Any]]:
    """What searches find of what is there, and what exports need."""
    found, exported = read_report(SOAK / "search.json")["made"], read_report(SOAK / "export.json")
    told = (
        f"{found['hits_missed']} hits missed, {found['hits_beside']} beside; median {found['by_date']['median_ms']} ms; "
        f"index {found['index_to_text']} × the text"
    )
    peaks = ", ".join(f"{form} {figures['peak_rss_mb']:.0f}" for form, figures in exported["forms"].items())
    return [
        [f"pieces of 2 to 8 characters, against a scan of {found['articles']:,} articles", found["pieces"], told],
        ["articles exported in one go", f"{exported['articles']:,}", f"MB of memory: {peaks}"],
    ]


def _growth() -> list[list[Any]]:
    """How inserting and asking grow, and what a long crawl needs."""
    last = read_report(SOAK / "growth.json")["sizes"][-1]
    told = (
        f"insert × {last['insert_p95_ratio']}, query × {last['query_p95_ratio']}; "
        f"{last['bytes_a_document']} bytes a document, {last['peak_memory_mb']} MB of memory"
    )
    rows: list[list[Any]] = [["documents, p95 of one beside that at 1,000", f"{last['documents']:,}", told]]
    if (report := SOAK / "long_crawl.json").exists():
        crawl = read_report(report)
        rows.append(
            ["small pages in one crawl", crawl["pages"], f"{crawl['peak_memory_mb']} MB in the crawling process"]
        )
    return rows


def _delays() -> list[list[Any]]:
    """How far apart a server sees the requests of one crawl."""
    delays = read_report(SOAK / "delay.json")
    rows: list[list[Any]] = []
    for name, what in {
        "plain": "requests of a crawl",
        "starts": "requests of a crawl that begins at 32 places",
    }.items():
        one = delays[name]
        told = (
            f"median {one['median']} s apart, shortest {one['shortest']} s, at a delay of {one['stated_delay']} s; "
            f"{one['disallowed']} of what robots.txt disallows"
        )
        rows.append([what, one["requests"], told])
    return rows


def _always_on() -> list[list[Any]]:
    """Weeks on a simulated clock, alarms without cause, and ten million addresses."""
    rows: list[list[Any]] = []
    if (report := SOAK / "week.json").exists():
        week = read_report(report)
        number, found = (sum(one[name] for one in week["events"].values()) for name in ("number", "found_in_time"))
        told = (
            f"{found} of {number} events found in their promised time, {sum(week['alarms'].values())} alarms "
            f"raised once, {week['alarms_false_late_or_twice']} late, twice or false"
        )
        rows.append([f"sites, {week['days']} days on a simulated clock, {week['crawls']} crawls", week["sites"], told])
    rows += _delays()
    rates = read_report(SOAK / "health_rates.json")
    silence, others = rates["false_silences_a_channel_and_year"], rates["other_rules"]
    told = f"{silence} a channel of being silent, {others['false_a_site_and_year']} a site of anything else"
    years = round(sum(one["years"] for one in rates["silence"].values()))
    rows.append(["false alarms a year, over years of channels that are uneven", years, told])
    for name, what in {"frontier": "pages in the frontier", "catalog": "addresses in the catalog"}.items():
        scale = read_report(SOAK / f"{name}_scale.json")
        told = ", ".join(f"{key.replace('_', ' ')} × {value}" for key, value in scale["ratio"].items())
        rows.append([f"{what}, beside 10,000", f"{scale['held']['10 million']:,}", told])
    return rows
