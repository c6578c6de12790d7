"""What stands around an article and is no part of it, told by whole short lines and by position, never by substring.

`房屋租赁登记备案是什么？` holds 登录-like words and `电子居住证已提供下载打印版` says 打印: both are text. So a line is furniture only
where the *whole* line matches, and words that also occur in text count only before the first or after the last long
paragraph.
"""

import re
from itertools import islice

from pipelines.labels import DATE, opens_with_label, read_labels
from pipelines.lines import Line

_SITE_NAME = 8
_LONG = 60
"""Characters from which a line outside links is taken for text, whatever words it holds."""

_WORDS = re.findall(
    r"\S+",
    """
打印 打印本页 打印本文 打印此页 打印页面 打印本稿 打印文稿 打印该页 关闭 关闭本页 关闭窗口 关闭页面 关闭此页 保存 保存本页 复制 复制链接
收藏 收藏本页 收藏此页 收藏文章 收藏本文 加入收藏 设为首页 推荐 推荐给朋友 推荐给好友 分享 分享到 分享至 分享文章到 分享本页 分享给好友
分享按钮 分享本文 转发 转发到 转寄朋友 点赞 赞 喜欢 顶 踩 打印文稿 发表评论 我要评论 查看评论 评论 网友评论 我有话说 参与互动 我要纠错
纠错 我要投稿 投稿 举报 订阅 关注 已关注 一键关注 登录 注册 退出 取消 确定
字号 字体 浏览字号 文字大小 字体大小 文字字体 调整字体 调整字号 视力保护色 大 中 小 超大 特大 默认 放大 缩小 正常 标准 恢复默认 A A+ A＋ A- A－ T T|
返回 返回顶部 返回列表 返回首页 返回上一页 返回页首 返回目录 回到顶部 回顶部 页首 TOP 回首页 首页 末页 尾页 更多 正文 没有了 无
上一篇 上一条 上一页 上一版 上一则 上一个 下一篇 下一条 下一页 下一版 下一则 下一个 上一篇稿件 下一篇稿件
手机 手机看 手机浏览 手机版 手机阅读 手机扫描 手机点评 手机查看 微信 微博 新浪微博 腾讯微博 新浪 腾讯 东方微博 QQ QQ空间 QQ好友 微信好友
朋友圈 微信朋友圈 人人网 开心网 豆瓣 百度贴吧 百度搜藏 联合报书签 Facebook Twitter Google+ Email E-mail E-mail推荐 LinkedIn Pinterest Line
扫一扫 扫码阅读全文 扫码分享 扫码关注 扫码 二维码 手机扫一扫 微信扫一扫
阅读 阅读次数 阅读数 阅读量 浏览 浏览次数 浏览数 浏览量 浏览率 点击 点击次数 点击数 点击量 点击率 访问 访问次数 访问量 查看 查看次数 人气 次 人
语音播报 播放 暂停 朗读 听新闻 无障碍 无障碍阅读 长者助手 关怀版 繁体版 繁體版 简体 English EN 下载 下载文字版 下载图片版 附件下载
相关附件 相关文件下载 图集 组图 来源 作者 编辑 责任编辑 发布时间 发布日期 发表时间 时间 日期 标签 关键词 关键字 Tag Tags
""",
)
_TOOLS = re.compile("|".join([*map(re.escape, sorted(map(str.lower, _WORDS), key=len, reverse=True)), r"\d+"]))

_WHOLE = re.compile(
    "|".join(  # noqa: FLY002 (one pattern a line, for people to read)
        (
            r"(?:您?(?:的)?(?:现在|当前)?(?:所在|的)?的?(?:当前)?位置(?:在|是)?|当前(?:位置|页面|栏目)|所在位置|现在位置)\s*[:：|>]?.{0,80}",
            r".{0,12}首\s?页\s*(?:>|»|›|→|-->|--|\||/|＞|·|::|·|-).{0,80}",
            r"(?:[^。，,；;！!？?]{1,16}\s*(?:>+|»|›|＞)\s*){1,8}[^。；;！!？?]{0,40}",
            r".{0,16}(?:微信|微博|手机)?(?:扫一扫|扫码|扫描二维码|扫二维码|长按二维码|识别二维码|用微信扫码二维码)(?:二维码)?.{0,6}(?:在手机打开当前页|手机打开|关注我们|分享至.{0,12}|关注该公众号|打开网页|阅读全文|上移动.{2,8}|下载.{0,10}客户端|上手机.{0,8}|关注.{0,14}|赞赏.{0,12})",
            r"(?:用)?微信扫码?二维码|分享至(?:好友和)?朋友圈|分享到.{0,40}|把.{0,12}分享到.{0,20}|扫一扫在手机打开当前页",
            r"(?:相关|延伸|推荐|热门|更多|精彩|猜你|为你|为您|大家|热点|最新|编辑|网友|今日)(?:的)?(?:阅读|新闻|报道|文章|稿件|链接|推荐|内容|专题|信息|资讯|喜欢|爱看|都在看|搜索|图片|视频|热点|热搜|公告|政策|解读|文件|资料|排行|导读|附件|服务|精选|评论|头条)(?:排行榜?)?\s*[:：>》]*(?:更多)?[>》]*",
            r"(?:阅读下一篇|你可能(?:会|还)?(?:喜欢|感兴趣).{0,4}|猜你喜欢|与内文相关的链接|相关内容|链接|新闻排行榜?|点击排行榜?|热门排行榜?|图片新闻|频道精选|专题推荐|精彩推荐|今日要闻|今日推荐|本文相关|查看更多)\s*[:：]?",
            r"(?:版权|免责|本网|平台|郑重)(?:声明|说明)\s*[:：|].{0,400}",
            r"(?:声明|风险提示|免责条款)\s*[:：].{0,20}(?:本文|本网|本站|文章|内容|观点|证券|该文).{0,300}",
            r".{0,30}(?:版权所有|All Rights Reserved|ICP[备证]|公网安备|Copyright\b|未经.{0,12}(?:禁止|不得|严禁)).{0,120}",
            r"(?:主办|承办|协办|技术支持|网站标识码|网站管理|运行维护|建议使用|违法和不良信息举报电话|新闻热线)(?:单位)?\s*[:：].{0,80}",
            r"(?:上|下|前|后)一?(?:篇|条|页|则|版)(?:稿件|文章|新闻|信息)?\s*[:：]+.{0,80}",
            r"(?:浏览|阅读|点击|访问|查看|播放)(?:次数|数|量|率)?\s*[:：]?\s*[\d,.\-–万]*\s*(?:次|人|人次)?",
            r"已有\d*.{0,6}(?:评论|跟帖|参与|人).{0,20}|跟贴\s?\d*|跟贴已关闭.{0,20}|.{0,6}人(?:参与|跟贴|喜欢)",
            r"(?:【\d{1,2}】\s*){2,}|(?:\[\d{1,2}\]\s*){2,}|(?:\d{1,2}\s+){2,}\d{1,2}(?:\s*下一页)?|共\s*\d+\s*页.{0,30}|第?\s*\d+\s*页?\s*[/／]\s*(?:共\s*)?\d+\s*页?",
            r"[（(【\[]?\s*(?:责任编辑|责编|编辑|本文编辑|网络编辑|选稿|稿源|校对|审核|编审|值班编辑|初审|复审|终审|二审|三审|一审|监制|签发|见习编辑|实习编辑|责任校对|录入|美编|美术编辑|视频编辑)\s*[:：丨|/].{0,40}?[）)】\]]?",
            r"[（(【\[](?:责任编辑|责编|编辑|选稿|来源)[^）)】\]]{0,30}",
            r"(?:点击|单击)?(?:进入|查看|返回).{0,14}(?:频道|专题|首页|原文|更多|”|》|>>)\s*>*",
            r"[点戳]击?(?:上方|下方|上面|标题下方)?(?:蓝字|蓝色字体|名片|[“「\"【].{1,20}[”」\"】])?.{0,6}(?:可以?|一键|快速|免费|即可)?(?:订阅|关注)(?:我们|本公众号|哦|我)?[！!。~]*",
            r".{0,6}打开.{1,16}(?:APP|客户端)[，,。]?.{0,20}|(?:立即打开|打开APP|展开全文|阅读全文|展开阅读全文|全部评论.{0,8})",
            r"[-—–\s·.…~]*(?:THE\s)?END[-—–\s·.…~]*|返回.{0,6}(?:，|,)?查看更多|点击(?:观看|播放)视频|视频加载中.{0,20}|您的浏览器.{0,30}|请(?:使用|开启).{0,24}(?:浏览器|JavaScript).{0,20}",
            r"(?:您?已进入.{0,12}视窗区|.{0,4}(?:视窗|交互|服务|列表|正文|导航|导盲)区|ALT\s?\+\s?\d)",
            r"(?:阅读数|评论数?|赞|喜欢|浏览)\s*[（(]?\s*\d*\s*[)）]|[（(]\s*\d+\s*[)）]",
            r".{0,10}客户端下载.{0,30}|原创文章[，,]\s*作者[:：].{0,200}|.{0,4}如若转载[，,].{0,200}|点击阅读原文|阅读原文",
            r"(?:发表|发布)?(?:回复|留言|评论)|您的(?:邮箱|电子邮箱)地址不会被公开.{0,40}|Previous.{0,60}|Next.{0,60}|近期(?:文章|评论)",
            r"发布于\s*[:：]\s*.{1,8}|更多精彩.{0,30}|搜索热词\s*[:：].{0,80}|热词\s*[:：].{0,60}",
            r"<[^>]{1,60}>.{0,4}(?:</[a-z]+>)?|\$\{.{1,30}\}|undefined|null|NaN",
        )
    ),
    re.IGNORECASE,
)
_EDITORS = re.compile(
    r"[（(【\[〔—\-\s]*(?:(?:责任|本文|网络|值班|见习|实习|视频|美术)?编辑|责编|选稿|编审|校对|责任校对|审核|审稿|初审|复审|终审|一审|二审|三审|监制|签发|录入|稿源)"
    r"\s*[:：丨|/]?.{0,50}"
)
_BUTTONS = re.compile(r"^(?:[【\[]\s*(?:我要)?(?:纠错|打印|关闭|收藏|举报)\s*[】\]]\s*)+")
_NUMBERED = re.compile(r"\s*(?:\d{1,2}\s*[.、．:：）)]\s*\D|[（(]?[一二三四五六七八九十]{1,3}[）)、.])")
_ADDRESS = re.compile(r"(?:https?://|www\.)[\w./-]+")
_INFO_LIMIT = 160
_NOTICE_LIMIT = 500
_BODY_SOURCE = re.compile(r"[（(]\s*(?:来源|资料来源|摘自|原载|据)[^）)]{1,40}[）)]")


def is_tools(text: str) -> bool:
    """A line of buttons, counters, breadcrumbs, sharing, copyright: furniture wherever it stands outside the text.

    >>> is_tools("【打印本页】【关闭窗口】"), is_tools("当前位置：首页 >> 要闻 >> 正文"), is_tools("字号: [大] [中] [小] [打印]")
    (True, True, True)
    >>> is_tools("电子居住证已提供下载打印版"), is_tools("3.单位被吊销营业执照、责令关闭、撤销或提前解散的")
    (False, False)
    """
    if not any(character.isalnum() for character in text):
        return True
    if _NUMBERED.match(text):
        return False
    if " " in text and _spaced(text):
        text = text.replace(" ", "")
    if len(text) <= _LONG * 2:
        rest, count = _TOOLS.subn("", text.lower())
        rest = "".join(filter(str.isalnum, rest))
        if not rest:
            return not text.isdigit()
        if len(rest) <= _SITE_NAME and rest.endswith("网") and count > 1:
            return True
    return len(text) <= _NOTICE_LIMIT and bool(_WHOLE.fullmatch(text))


def _spaced(text: str) -> bool:
    """Whether a line is s p a c e d  o u t, as copyright lines like to be."""
    parts = text.split(" ")
    return sum(len(part) == 1 for part in parts) > len(parts) / 2


def is_info(text: str) -> bool:
    """The line of date, source, author and counters: it opens with a label or a date and states nothing else.

    >>> is_info("2019-10-12 17:33:26 来源:东方网 作者:刘轶琳 选稿:包永婷"), is_info("来源： | 发布时间: 2018-05-17 | 浏览次数: 2168")
    (True, True)
    >>> is_info("词曲作者：志同道合共谱传奇"), is_info("（来源：人民政协报）"), is_info("2019年5月1日起，全市停止受理。")
    (False, False, False)
    """
    if len(text) > _INFO_LIMIT or _BODY_SOURCE.fullmatch(text):
        return False
    stated = read_labels(text)
    if opens_with_label(text):
        return bool(stated) or len(text) < _LONG
    date = DATE.search(text)
    if not date:
        return False
    if text[0] in "（(" and text[-1] in "）)" and ":" not in date[0]:
        return False
    rest = _ADDRESS.sub("", text[: date.start()] + text[date.end() :])
    labelled = any(item.labelled for item in stated)
    if labelled and len(text[: date.start()]) < _LONG / 2:
        return True
    return len(rest) < _LONG / 2 and not re.search(r"[。；，、]|[起至在于前后内]", rest)


def is_editors(text: str) -> bool:
    """A signature line of editors, proofreaders, reviewers: `（责任编辑：江南）`, `责编|陈梦莹`, `一审：… 二审：…`."""
    text = _BUTTONS.sub("", text)
    return len(text) < _LONG and bool(_EDITORS.fullmatch(text)) and "。" not in text


_COLON = re.compile("[:：]")
_FILE = re.compile(r"\.(?:pdf|docx?|xlsx?|wps|et|rar|zip|ofd)$", re.IGNORECASE)


def _links_file(line: Line) -> bool:
    """Whether a line is a link to a file: attachments stand between a text and its signature."""
    anchors = list(islice(line.element.iter("a"), 3))
    return len(anchors) == 1 and bool(_FILE.search(anchors[0].get("href") or ""))


def is_furniture(line: Line, *, inside: bool) -> bool:
    """Whether a line at the edge of an article belongs to the page; `inside` its own container less is believed."""
    if is_tools(line.text) or is_editors(line.text):
        return True
    if is_info(line.text) and (not line.row or _COLON.search(line.text)):
        return True
    return not inside and line.linked > line.plain and not _links_file(line)


_CUTS = re.compile(
    r"(?:相关|延伸|推荐|热门|更多|猜你|为你|为您|阅读下一篇|你可能|上一[篇条]|下一[篇条]|版权声明|免责声明|特别声明|网友评论|最新评论|热门评论|"
    r"发表评论|我要评论|分享到|相关附件|新闻排行|与内文相关|平台声明|今日热点|精彩推荐|点击排行|编辑推荐|查看更多|为你推荐)"
    r"(?:阅读|新闻|报道|文章|稿件|链接|推荐|内容|专题|信息|资讯|喜欢|感兴趣|图片|视频|热点|公告|政策|解读|文件|的链接|还喜欢看|会喜欢|可能喜欢)?"
    r"(?:链接|列表|排行榜?)?\s*(?:[:：>》|【\[].{0,60})?"
)


_BULLETS = re.compile(r"\s*[·•▪◆■]\s*")


def ends_article(line: Line) -> bool:
    """Whether nothing behind a line belongs to the article: 相关阅读, 上一篇：…, 版权声明：…."""
    return line.plain <= _LONG and bool(_CUTS.fullmatch(_BULLETS.sub("", line.text)))
