"""What users do with an archive, by chance: the words of their commands."""

import zipfile
from collections.abc import Callable
from pathlib import Path

from tests.archive.verify.growing.exchanges import foreign_warc
from tests.soak.honest_use.bureau import draw
from tests.soak.honest_use.ground import Errand, Ground

Words = tuple[str, ...]
ORDER = "某市中级人民法院(2026)民初1号裁定"


def crawl(ground: Ground) -> Words:
    return ("crawl", ground.chance.choice(list(ground.bureaus)), "--json")


def run_due(ground: Ground) -> Words:
    return ("run", "--due", *ground.bureaus, "--json")


def ingest(ground: Ground) -> Words:
    return ("ingest", *ground.some_urls(3))


def ingest_saved(ground: Ground) -> Words:
    path = _fresh(ground, "saved.html")
    path.write_text(draw(ground.chance.randrange(40), ground.chance.randrange(3)), encoding="utf-8")
    return ("ingest", "--from", str(path), "--url", *ground.some_urls(1))


def import_other(ground: Ground) -> Words:
    """A WARC of another program, sometimes packed as a WACZ, sometimes one that was imported before."""
    known = sorted((ground.folder / "others").glob("*"))
    if known and ground.chance.random() < 0.3:
        return ("import", str(ground.chance.choice(known)))
    (ground.folder / "others").mkdir(exist_ok=True)
    data = foreign_warc(ground.chance)
    path = ground.folder / "others" / f"old-{len(known)}.warc"
    if ground.chance.random() < 0.3:
        path = path.with_suffix(".wacz")
        with zipfile.ZipFile(path, "w") as file:
            file.writestr("archive/data.warc.gz" if data[:2] == b"\x1f\x8b" else "archive/data.warc", data)
    else:
        path.write_bytes(data)
    return ("import", str(path))


def replay(ground: Ground) -> Words:
    return ("replay", *(["--diff"] if ground.chance.random() < 0.5 else []))


def reindex(_: Ground) -> Words:
    return ("reindex",)


def export(ground: Ground) -> Words:
    form = ground.chance.choice(["seed", "jsonl", "csv", "cdxj", "wacz"])
    return ("export", "--format", form, "--out", str(_fresh(ground, f"export.{form}")))


def seal(ground: Ground) -> Words:
    stamped = ["--tsa", ground.authority[0]] if ground.authority and ground.chance.random() < 0.4 else []
    return ("seal", *stamped)


def rotate(_: Ground) -> Words:
    return ("seal", "--rotate-key")


def prove(ground: Ground) -> Words:
    return ("prove", *ground.some_urls(1), "--out", str(_fresh(ground, "proof.wacz")))


def delete(ground: Ground) -> Words:
    return ("delete", *ground.some_urls(1), "--order", ORDER, "--yes")


def look(ground: Ground) -> Words:
    return ground.chance.choice([("history", "--edited"), ("history", *ground.some_urls(1)), ("health",)])


def verify(ground: Ground) -> Words:
    return ("verify", *(["--deep"] if ground.chance.random() < 0.5 else []), "--json")


ERRANDS: dict[Callable[[Ground], Words], int] = {
    crawl: 6, run_due: 3, ingest: 3, ingest_saved: 2, import_other: 4, replay: 2, reindex: 2, export: 4,
    seal: 6, rotate: 3, prove: 3, delete: 4, look: 2, verify: 6,
}  # fmt: skip
"""How often each comes."""


def choose(ground: Ground, *, most: int) -> list[Errand]:
    """What is done at the same time, at least one crawl among it half of the time."""
    chance = ground.chance
    makers = chance.choices(list(ERRANDS), list(ERRANDS.values()), k=chance.randint(1, most))
    if chance.random() < 0.5:
        makers[0] = crawl
    return [Errand(maker(ground), begins=chance.random() * 0.4) for maker in makers]


def _fresh(ground: Ground, name: str) -> Path:
    folder = ground.folder / "given"
    folder.mkdir(exist_ok=True)
    return folder / f"{len(list(folder.iterdir()))}-{ground.chance.randrange(10**6)}-{name}"
