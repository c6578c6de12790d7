"""China's provinces: how site files name them, and by which marks a page tells its own.

A government site's 标识码 begins with the division code of its place (GB/T 2260; 政府网站发展指引 2017), and every
page states its 备案号, which begins with the province's sign.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Province:
    """`name` as site files write it, `folder` in pinyin, `suffix` for keys, `code` of GB/T 2260, `sign` of 备案号."""

    name: str
    folder: str
    suffix: str
    code: str
    sign: str


def _read(table: str) -> tuple[Province, ...]:
    return tuple(Province(*line.split()) for line in table.strip().splitlines())


PROVINCES = _read("""
北京 beijing bj 11 京
天津 tianjin tj 12 津
河北 hebei he 13 冀
山西 shanxi sx 14 晋
内蒙古 neimenggu nm 15 蒙
辽宁 liaoning ln 21 辽
吉林 jilin jl 22 吉
黑龙江 heilongjiang hl 23 黑
上海 shanghai sh 31 沪
江苏 jiangsu js 32 苏
浙江 zhejiang zj 33 浙
安徽 anhui ah 34 皖
福建 fujian fj 35 闽
江西 jiangxi jx 36 赣
山东 shandong sd 37 鲁
河南 henan ha 41 豫
湖北 hubei hb 42 鄂
湖南 hunan hn 43 湘
广东 guangdong gd 44 粤
广西 guangxi gx 45 桂
海南 hainan hi 46 琼
重庆 chongqing cq 50 渝
四川 sichuan sc 51 蜀
贵州 guizhou gz 52 黔
云南 yunnan yn 53 滇
西藏 xizang xz 54 藏
陕西 shaanxi sn 61 陕
甘肃 gansu gs 62 陇
青海 qinghai qh 63 青
宁夏 ningxia nx 64 宁
新疆 xinjiang xj 65 新
""")
NATIONAL = Province("全国", "national", "cn", "bm", "")
"""The ministries: their 标识码 begin with `bm`."""


def by_name(name: str | None) -> Province | None:
    """The province a site file names."""
    return next((province for province in (*PROVINCES, NATIONAL) if province.name == name), None)
