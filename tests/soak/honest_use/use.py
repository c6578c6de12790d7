"""One archive used by several at once, by chance: crawled, sealed, copied, moved, killed; then everything is checked."""

import random
import shutil
import threading
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from signal import SIGCONT, SIGKILL, SIGSTOP

from tests.crawler.loopback import serve_pages, write_site
from tests.soak.honest_use.bureau import Bureau
from tests.soak.honest_use.errands import choose
from tests.soak.honest_use.ground import COPIES, Errand, Ground
from tests.soak.honest_use.judging import finish, judge, look, look_where_nothing_can_be_written

DAY = 86_400
SCHEDULE = '[schedule]\ncron = "* * * * *"\njitter = 0\n'
TROUBLES = ("none", "none", "kills", "kills", "kills", "kills", "full disk", "clock")


@dataclass(frozen=True)
class Used:
    """What came of one seed."""

    seed: int
    counts: dict[str, Counter[str]]
    alarms: list[str]


def use(folder: Path, seed: int, authority: tuple[str, Path] | None = None) -> Used:
    """Use an archive below a folder."""
    chance = random.Random(seed)
    trouble = chance.choice(TROUBLES)
    with ExitStack() as serving:
        bureaus = {name: _open_bureau(serving, folder, name, chance) for name in ("qingxi", "luzhou")}
        # A time of an authority that lies before what a wrong clock said of itself is a contradiction, and no false alarm.
        ground = Ground(folder, chance, bureaus, authority if trouble != "clock" else None)
        ground.workers = chance.choice(["0", "0", "0", "1"])
        ground.count("events", f"seeds with {trouble}")
        ground.run(Errand(("crawl", *bureaus, "--json")))
        if chance.random() < 0.7:
            ground.run(Errand(("seal",)))
        for _ in range(chance.randint(3, 5)):
            _live_a_day(ground, trouble)
        for bureau in bureaus.values():
            bureau.slowness = 0
        finish(ground)
    return Used(seed, ground.counts, ground.alarms)


def _open_bureau(serving: ExitStack, folder: Path, name: str, chance: random.Random) -> Bureau:
    slowness = chance.choice([0, 0.02, 0.1])
    bureau = serving.enter_context(serve_pages(Bureau(slowness=slowness, chance=random.Random(chance.random()))))
    for _ in range(4):
        bureau.live_on()
    write_site(folder / "sites", name, bureau, crawl="delay = 0\nconcurrency = 4\n" + SCHEDULE)
    return bureau


def _live_a_day(ground: Ground, trouble: str) -> None:
    """What is published, what several people do at once, what goes wrong, and who takes a copy meanwhile."""
    chance = ground.chance
    for bureau in ground.bureaus.values():
        bureau.live_on()
    errands = [_befall(ground, errand, trouble) for errand in choose(ground, most=3)]
    how = chance.choice(list(COPIES))
    copying = threading.Thread(target=_copy_later, args=(ground, how, chance.random() * 1.2))
    if takes_copy := chance.random() < 0.5:
        copying.start()
    done = ground.run_at_once(errands)
    if takes_copy:
        copying.join()
        look_at_copy(ground, how)
    judge(ground, "beside others" if len(errands) > 1 else "alone", done)
    if chance.random() < 0.4:
        look(ground, "between", "--deep")
    if chance.random() < 0.15:
        look_where_nothing_can_be_written(ground)
    if chance.random() < 0.25:
        _move(ground, is_restored=chance.random() < 0.5)


def _befall(ground: Ground, errand: Errand, trouble: str) -> Errand:
    """A kill, a full disk or a wrong clock; a verification may be held up, so that more happens meanwhile."""
    chance = ground.chance
    if errand.words[0] == "verify":
        held = ((0.05 + chance.random() * 0.4, SIGSTOP), (chance.random() * 1.5, SIGCONT))
        return replace(errand, signals=held if chance.random() < 0.7 else ())
    if trouble == "none" or chance.random() < 0.3:
        return errand
    if trouble == "kills":
        return replace(errand, signals=((chance.random() ** 2 * 2, SIGKILL),))
    if trouble == "full disk":
        return replace(errand, limit=chance.randrange(3_000, 400_000))
    return replace(errand, at=time.time() + chance.choice([-3, -1, 3]) * DAY)


def _copy_later(ground: Ground, how: str, begins: float) -> None:
    time.sleep(begins)
    ground.copy(how=how, is_beside=True)


def look_at_copy(ground: Ground, how: str) -> None:
    """An auditor's copy. What is taken of files as they change is no copy of any moment; only what is said of it is counted."""
    is_torn = how == "file by file"
    allowed = ("intact", "not-provable", *(("altered", "unreadable") if is_torn else ()))
    look(ground, f"a copy taken {how}", str(ground.folder / "copy"), "--deep", allowed=allowed)


def _move(ground: Ground, *, is_restored: bool) -> None:
    """Another disk: the whole of it is copied while nobody works; or what a copy for auditors has, without databases."""
    ground.count("events", "restored from a copy without databases" if is_restored else "moved")
    copy = ground.copy(how="under the lock of the log" if is_restored else "file by file")
    shutil.rmtree(ground.archive)
    copy.rename(ground.archive)
