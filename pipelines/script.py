"""Which Chinese script a text is written in, told by characters that exist in one script only."""

import re
from typing import Literal

Script = Literal["Hans", "Hant", "mixed", "other"]

_PAIRS = (
    "这這 国國 来來 个個 时時 们們 为為 会會 学學 对對 发發 说說 过過 还還 着著 经經 动動 进進 样樣 开開 问問 业業 实實 现現 关關 点點 电電 "
    "间間 书書 长長 话話 门門 见見 气氣 车車 东東 报報 头頭 义義 应應 万萬 产產 议議 员員 级級 务務 资資 总總 导導 设設 备備 传傳 认認 环環 "
    "质質 检檢 测測 护護 单單 华華 县縣 乡鄉 镇鎮 区區 厅廳 厂廠 广廣 严嚴 两兩 严嚴 办辦 协協 历歷 压壓 参參 变變 号號 听聽 团團 园園 场場 "
    "声聲 处處 复復 够夠 奖獎 妇婦 宁寧 审審 层層 岁歲 币幣 帮幫 归歸 当當 录錄 态態 张張 忧憂 忆憶 恳懇 战戰 执執 扩擴 扫掃 抢搶 护護 担擔"
)
_HANS = frozenset(pair[0] for pair in _PAIRS.split()) - {"着"}
_HANT = frozenset(pair[1] for pair in _PAIRS.split()) - {"著"}
_ONLY_HANS, _ONLY_HANT = (re.compile(f"[{''.join(sorted(script))}]") for script in (_HANS, _HANT))
_SHARE = 0.1


def tell_script(text: str) -> Script:
    """Hans, Hant, `mixed` where the rarer script has a tenth or more of the telling characters, else `other`.

    >>> tell_script("环境质量报告"), tell_script("環境質量報告"), tell_script("PM2.5")
    ('Hans', 'Hant', 'other')
    """
    hans, hant = len(_ONLY_HANS.findall(text)), len(_ONLY_HANT.findall(text))
    if not hans + hant:
        return "Hans" if any("\u4e00" <= character <= "\u9fff" for character in text) else "other"
    if min(hans, hant) >= _SHARE * (hans + hant):
        return "mixed"
    return "Hans" if hans > hant else "Hant"
