"""Articles of offices that do not exist, in great number: the same number always gives the same text.

Words are drawn as they stand in real text: a few everywhere, most of them rarely. A generator with few words would make
every search find almost everything, which no archive does; `few_words` does just that, as the worst case.
"""

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, islice

from archive.language import read_knowledge

WORDS = 60_000
_TERMS = (
    "生态环境 环境保护 污染防治 大气污染 水污染 土壤污染 挥发性有机物 颗粒物 臭氧 二氧化硫 氮氧化物 化学需氧量 氨氮 总磷 黑臭水体 饮用水水源地 "
    "危险废物 固体废物 生活垃圾 污水处理厂 自动监测 执法检查 排污许可 环评审批 行政处罚 信访投诉 督察整改 碳达峰 碳中和 蓝天保卫战 碧水保卫战 "
    "净土保卫战 秸秆禁烧 扬尘管控 机动车尾气 噪声污染 生物多样性 自然保护区 河长制 突发环境事件 PM2.5 PM10 VOCs COD O3 CO2"
)
_COMMON = "的 在 和 是 了 有 对 为 与 及 等 将 我市 我省 全市 工作 进行 开展 加强 推进 落实 要求 问题 企业 单位 情况"
_PLACES = ("青石", "柳河", "东山", "白沙", "临港", "梅岭", "北塘", "南湖", "石桥", "云溪")
_ENDS = "。。。；！"


@dataclass(frozen=True, slots=True)
class MadeText:
    """What an article says."""

    title: str
    paragraphs: tuple[str, ...]
    source: str
    column: str
    published: str


@dataclass(frozen=True, slots=True)
class _Lexicon:
    """Words with their weights summed up, the likeliest first."""

    words: Sequence[str]
    sums: Sequence[float]


def make_text(number: int, *, characters: int = 900, few_words: bool = False) -> MadeText:
    """The article of a number, of about so many characters."""
    chance = random.Random(f"text {number}")
    lexicon = _lexicon(200 if few_words else WORDS)
    words = iter(chance.choices(lexicon.words, cum_weights=lexicon.sums, k=characters // 2 + 20))
    title = "".join(next(words) for _ in range(chance.randint(4, 10)))
    paragraphs, written = [], 0
    while written < characters:
        paragraph = "".join(_make_sentence(words, chance) for _ in range(chance.randint(1, 5)))
        if not paragraph:
            break
        paragraphs.append(paragraph)
        written += len(paragraph)
    place = chance.choice(_PLACES)
    day = f"{2015 + number % 11}-{number // 11 % 12 + 1:02d}-{number // 132 % 28 + 1:02d}"
    return MadeText(
        title, tuple(paragraphs), f"{place}市生态环境局", chance.choice(("工作动态", "通知公告", "环境要闻")), day
    )


def _make_sentence(words: Iterator[str], chance: random.Random) -> str:
    clauses = []
    for _ in range(chance.randint(1, 4)):
        clause = list(islice(words, chance.randint(3, 9)))
        if not clause:
            break
        if chance.random() < 0.3:
            clause.insert(
                1, f"{chance.randint(1, 3000)}{chance.choice(('家', '次', '吨', '%', '微克/立方米', '.5亿元'))}"
            )
        clauses.append("".join(clause))
    return "，".join(clauses) + chance.choice(_ENDS) if clauses else ""


@cache
def _lexicon(size: int) -> _Lexicon:
    """Words of one to four common characters, common characters in more of them; the rank of a word is its rarity."""
    chance = random.Random(f"lexicon {size}")
    language = read_knowledge().language
    characters = [character for character in language.common if "\u4e00" <= character <= "\u9fff"]
    sums = list(accumulate(math.exp(-language.cost(0, 0, ord(character))) for character in characters))
    words = dict.fromkeys([*_COMMON.split(), *_TERMS.split()])
    while len(words) < size:
        length = chance.choices((1, 2, 3, 4), (5, 70, 15, 10))[0]
        words["".join(chance.choices(characters, cum_weights=sums, k=length))] = None
    return _Lexicon(list(words), list(accumulate(1 / (rank + 5) for rank in range(len(words)))))
