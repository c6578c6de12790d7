"""How numbers stand in running text; the packages hold words and laws, where figures are rare.

Made from grammar alone: what may stand before a number, the number, the measure behind it. Digits are one letter of the
model.
"""

from collections.abc import Iterator

NUMBERS = "1 12 345 2345 1.2 12.3"
HEADS = (
    "在 于 至 自 从 到 第 共 约 近 达 为 有 仅 前 后 每 超 等 计 截至 超过 达到 不足 增长 下降 提高 降低 完成 "
    "其中 共有 平均 累计 ， 、 （ 。"
)
MEASURES = (
    "个 项 名 人 家 件 次 条 起 处 种 类 批 期 号 级 岁 位 座 台 辆 套 户 村 元 亩 吨 度 天 周 倍 米 万 亿 % ％ "
    "万元 亿元 公里 公顷 平方米 小时 分钟 周年 世纪 多个 多项 余人 余家 余名 个百分点 以上 以下 左右"
)
DATES = "2年 2年1月 2年1月2日 1月 1月2日 12月31日 2日 1时 1时20分 2012年 2012年12月12日 2012至2013年"
AFTER = "， 。 、 上午 下午 起 前 后 以来 底 的 至 在 ，全 ）"
LETTERS = "PM2.5 PM10 VOCs AI APP QQ群 5G 4G网络 CPI GDP A级 5A级 T恤 LED灯 1、 2. 3） （1）"


def figures() -> Iterator[str]:
    """Dates, counted things, and names in Latin letters, as any text may have them."""
    heads, after = ["", *HEADS.split()], ["", *AFTER.split()]
    yield from (head + date + end for head in heads for date in DATES.split() for end in after)
    yield from (head + number + measure for head in heads for number in NUMBERS.split() for measure in MEASURES.split())
    yield from (letters for letters in LETTERS.split() for _ in range(40))
