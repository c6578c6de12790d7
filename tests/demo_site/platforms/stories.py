"""Invented notices and reports, as bureaus write them: enough for lists of several pages, no two alike, always the same."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

_FIRST_DAY = date(2024, 5, 30)
_PLACES = ("澄湖县", "梅岭镇", "石埠乡", "柳河街道", "东坪区", "白沙镇", "云栖湾", "枫桥工业园", "南汀县", "后港社区")
_SOURCES = ("水生态环境科", "大气环境科", "综合执法支队", "自然生态科", "宣传教育中心", "环境监测站")
_EDITORS = ("顾言", "沈禾", "陆青川", "许知远", "")
_SUBJECTS = (
    (
        "{place}开展入河排污口专项排查",
        "连日来，{place}组织人员沿河岸徒步排查入河排污口，逐个登记位置、来源和排放方式，共查明排口{n}个。",
    ),
    (
        "{place}机动车尾气路检路查工作情况通报",
        "本月{place}生态环境与交通部门设立{n}个检查点，对过往柴油货车进行尾气抽测，超标车辆当场责令限期维修。",
    ),
    (
        "关于{place}集中式饮用水水源水质状况的公告",
        "根据监测结果，{place}集中式饮用水水源本月{n}项指标全部达到或者优于Ⅲ类标准，水质达标率为100%。",
    ),
    (
        "{place}危险废物规范化管理检查全面启动",
        "{place}近日启动危险废物规范化环境管理检查，首批{n}家产废单位已经完成台账核对，其余单位将在下月完成。",
    ),
    (
        "{place}“绿色课堂”走进乡村小学",
        "“一滴水要走多远的路？”在{place}中心小学，志愿者用{n}张手绘图片为孩子们讲解污水处理的过程。",
    ),
    (
        "{place}秸秆禁烧巡查不留死角",
        "麦收以来，{place}实行网格化巡查，{n}名网格员分片包干，高空瞭望设备全天值守，目前没有发现露天焚烧火点。",
    ),
    (
        "{place}噪声扰民投诉办理情况公示",
        "今年以来{place}受理噪声扰民投诉{n}件，其中建筑施工噪声占六成以上，均已在规定时限内答复群众。",
    ),
    (
        "{place}生态环境损害赔偿案件磋商达成一致",
        "围绕倾倒固体废物造成的损害，{place}与赔偿义务人进行了{n}轮磋商，双方就修复方案和费用达成一致。",
    ),
    (
        "{place}召开夏季臭氧污染防治调度会",
        "会议通报了{place}臭氧浓度变化情况，要求{n}家重点企业落实错峰生产，加油站夜间卸油比例提高到八成。",
    ),
    (
        "{place}完成退化湿地修复项目验收",
        "经专家组现场核查，{place}退化湿地修复项目通过验收，共栽植水生植物{n}亩，拆除废弃围堰三处。",
    ),
)
_SENTENCES = (
    "检查人员现场调取在线监测数据，逐项核对运行记录，对发现的{n}个问题建立清单，明确责任人和整改时限。",
    "当地负责人表示，下一步将把整治与日常监管结合起来，每月通报进展，决不让问题反弹。",
    "有居民反映，过去雨天河水发黑，如今岸边可以散步，白鹭也回来了。",
    "为方便群众监督，举报电话全天开通，收到的线索在{n}个工作日内予以核实并反馈。",
    "专家认为，关键在于雨污分流改造要跟上，否则汛期仍有溢流风险；对此，有关部门已经安排资金{n}万元。",
    "据统计，前五个月优良天数比率同比上升{n}.4个百分点，主要污染物浓度继续下降。",
    "“不能只看一时的数字，”一位参加检查的同志说，“要看老百姓认不认可。”",
    "会后，与会人员还到污水处理厂和垃圾转运站实地察看，听取了运行情况介绍。",
)


@dataclass(frozen=True, slots=True)
class Story:
    """An article as its author would tell it; `time` is `HH:MM`, `editor` may be empty."""

    number: int
    title: str
    day: date
    time: str
    source: str
    editor: str
    paragraphs: tuple[str, ...]

    @property
    def shown(self) -> str:
        """The title as lists cut it."""
        return self.title if len(self.title) <= 16 else self.title[:15] + "..."

    @property
    def moment(self) -> str:
        """Day and time as info lines print them."""
        return f"{self.day} {self.time}"

    @property
    def markup(self) -> str:
        """The paragraphs with the indentation of two full-width spaces that editors type."""
        return "\n".join(f"<p>　　{paragraph}</p>" for paragraph in self.paragraphs)

    @property
    def truth(self) -> dict[str, object]:
        """What a reader must find."""
        return {
            "title": self.title,
            "published": f"{self.day}T{self.time}+08:00",
            "source": self.source,
            "editor": self.editor or None,
            "paragraphs": list(self.paragraphs),
        }


def write_stories(key: str, count: int) -> tuple[Story, ...]:
    """The articles of a site, newest first; `key` decides which, so that each site has its own."""
    chance = Random(key)
    pairs = [(place, subject) for place in _PLACES for subject in _SUBJECTS]
    return tuple(
        _write(number, place, subject, chance)
        for number, (place, subject) in enumerate(chance.sample(pairs, count), start=1)
    )


def _write(number: int, place: str, subject: tuple[str, str], chance: Random) -> Story:
    title, lead = subject
    rest = [sentence.format(n=chance.randint(2, 60)) for sentence in chance.sample(_SENTENCES, chance.randint(2, 5))]
    # Some paragraphs hold one sentence, some two.
    paragraphs = [lead.format(place=place, n=chance.randint(3, 90)), rest[0] + rest[1], *rest[2:]]
    return Story(
        number=number,
        title=title.format(place=place),
        day=_FIRST_DAY - timedelta(days=2 * number),
        time=f"{chance.randint(8, 17):02d}:{chance.randint(1, 59):02d}",
        source=chance.choice(_SOURCES),
        editor=chance.choice(_EDITORS),
        paragraphs=tuple(paragraphs),
    )
