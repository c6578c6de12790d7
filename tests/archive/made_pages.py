"""Pages of an office that does not exist, as captures: the same number always gives the same bytes.

The markup is that of a common content system: navigation, share bar, an information line, the body, furniture.
"""

import random
from datetime import UTC, datetime, timedelta

from pipelines.records import Capture

START = datetime(2026, 4, 2, 1, 0, tzinfo=UTC)
HOST = "http://sthj.example.cn"

_PLACES = (
    "青石镇",
    "柳河街道",
    "东山工业园",
    "白沙湾",
    "临港新区",
    "梅岭乡",
    "北塘河",
    "南湖片区",
    "石桥村",
    "云溪水库",
)
_THINGS = (
    "挥发性有机物治理",
    "黑臭水体整治",
    "扬尘管控",
    "危险废物转移",
    "污水处理厂提标改造",
    "秸秆禁烧巡查",
    "噪声投诉办理",
)
_DEEDS = (
    "开展了现场检查",
    "召开专题推进会",
    "组织第三方监测",
    "约谈了相关责任人",
    "完成整改验收",
    "建立了问题清单和销号制度",
)
_RESULTS = (
    "优良天数比例同比提高",
    "主要断面水质稳定达标",
    "群众信访量明显下降",
    "排放浓度低于限值",
    "台账资料基本齐全",
)


def body_paragraphs(number: int, *, edition: int = 0) -> list[str]:
    """The paragraphs of an article; a later edition has one sentence more."""
    rng = random.Random(number)
    paragraphs = []
    for _ in range(rng.randint(4, 14)):
        sentences = [
            f"{rng.randint(1, 12)}月{rng.randint(1, 28)}日，执法人员在{rng.choice(_PLACES)}就{rng.choice(_THINGS)}"
            f"{rng.choice(_DEEDS)}，共出动{rng.randint(5, 90)}人次，检查企业{rng.randint(2, 60)}家，"
            f"发现问题{rng.randint(1, 30)}个，{rng.choice(_RESULTS)}。"
            for _ in range(rng.randint(2, 5))
        ]
        paragraphs.append("".join(sentences))
    if edition:
        paragraphs.append(f"截至发稿时，第{edition}次复查已经完成，未发现新的问题。")
    return paragraphs


def article_title(number: int) -> str:
    """A headline."""
    rng = random.Random(f"title {number}")
    return f"{rng.choice(_PLACES)}{rng.choice(_THINGS)}取得阶段性进展（第{number}期）"


def article_url(number: int) -> str:
    """The address of an article."""
    return f"{HOST}/xwzx/gzdt/202603/t202603{number % 28 + 1:02d}_{100000 + number}.html"


def article_html(number: int, *, edition: int = 0, charset: str = "gb2312") -> str:
    """The page of an article, declaring that charset."""
    title, published = article_title(number), f"2026-03-{number % 28 + 1:02d} {8 + number % 10:02d}:{number % 60:02d}"
    body = "\n".join(f'<p style="text-indent:2em">　　{text}</p>' for text in body_paragraphs(number, edition=edition))
    navigation = "\n".join(f'<li><a href="/{name}/" target="_blank">{name}</a></li>' for name in _menu())
    related = "\n".join(
        f'<li><a href="{article_url(number + step)}">{article_title(number + step)}</a></li>' for step in range(1, 9)
    )
    return f"""<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml"><head>
<meta http-equiv="Content-Type" content="text/html; charset={charset}" />
<title>{title}_示例市生态环境局</title>
<meta name="SiteName" content="示例市生态环境局" /><meta name="ColumnName" content="工作动态" />
<meta name="ArticleTitle" content="{title}" /><meta name="PubDate" content="{published}" />
<meta name="ContentSource" content="示例市生态环境局" />
<link href="/images/style.css" rel="stylesheet" type="text/css" />
<script type="text/javascript">var siteId = 17; function doZoom(size) {{ document.getElementById('zoom').style.fontSize = size + 'px'; }}</script>
</head><body>
<div class="header"><div class="logo"><img src="/images/logo.png" alt="示例市生态环境局" /></div>
<ul class="nav">{navigation}</ul></div>
<div class="position">当前位置：<a href="/">首页</a> &gt; <a href="/xwzx/">新闻中心</a> &gt; <a href="/xwzx/gzdt/">工作动态</a></div>
<div class="article"><h1>{title}</h1>
<div class="info">发布时间：{published}　来源：示例市生态环境局　文字大小：[ <a href="javascript:doZoom(18)">大</a>
<a href="javascript:doZoom(16)">中</a> <a href="javascript:doZoom(14)">小</a> ]　浏览次数：<span id="hits">{number * 7}</span></div>
<div id="zoom"><div class="TRS_Editor">
{body}
</div></div>
<div class="share">分享到：<a href="#">微信</a> <a href="#">微博</a></div>
<div class="tools"><a href="javascript:window.print()">【打印本页】</a><a href="javascript:window.close()">【关闭窗口】</a></div>
</div>
<div class="related"><h3>相关阅读</h3><ul>{related}</ul></div>
<div class="footer"><p>版权所有：示例市生态环境局　地址：示例市人民路1号　ICP备00000000号</p></div>
</body></html>
"""


def listing_html(numbers: range, *, following: str | None = None) -> str:
    """A list page with the articles of those numbers and, where there is one, a link to the next page."""
    items = "\n".join(
        f'<li><span class="date">2026-03-{number % 28 + 1:02d}</span>'
        f'<a href="{article_url(number)}" title="{article_title(number)}">{article_title(number)}</a></li>'
        for number in numbers
    )
    pager = f'<div class="page"><a href="{following}">下一页</a></div>' if following else ""
    return f"""<html><head><meta charset="gb2312"><title>工作动态_示例市生态环境局</title></head><body>
<div class="position">当前位置：<a href="/">首页</a> &gt; 工作动态</div>
<div class="list"><ul>{items}</ul></div>{pager}</body></html>"""


def capture(
    url: str,
    html: str = "",
    *,
    minute: int = 0,
    status: str = "200 OK",
    headers: str = "",
    sent: str = "",
    encoding: str = "gb18030",
) -> Capture:
    """An exchange as it was on the wire, `minute` minutes after the first."""
    body = html.encode(encoding)
    path = "/" + url.split("/", 3)[3] if url.count("/") > 2 else "/"
    head = f"HTTP/1.1 {status}\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\n{headers}\r\n"
    return Capture(
        url=url,
        fetched_at=START + timedelta(minutes=minute),
        request=f"GET {path} HTTP/1.1\r\nHost: sthj.example.cn\r\n{sent}\r\n".encode("utf-8", "replace"),
        response=head.encode("latin-1") + body,
        duration=0.02,
        peer="127.0.0.1:80",
    )


def article_capture(number: int, *, minute: int = 0, edition: int = 0, headers: str = "") -> Capture:
    """The exchange that brings an article."""
    return capture(article_url(number), article_html(number, edition=edition), minute=minute, headers=headers)


def _menu() -> list[str]:
    first = ("zwgk", "xwzx", "hjzl", "wrfz", "stbh", "hpsp", "jcjc", "fxaq", "gzcy", "ztzl")
    second = ("tzgg", "gzdt", "zcfg", "ghjh", "tjsj", "xzcf", "sjgk")
    return [f"{one}/{two}" for one in first for two in second]
