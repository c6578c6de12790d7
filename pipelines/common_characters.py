"""How much a text looks like Chinese that somebody wrote: the share of everyday characters.

Bytes read with a wrong table give hanzi too, but rare ones, kana and private-use characters. About a thousand
characters make up four fifths of any modern text.
"""

from collections import Counter
from typing import Final

_SIMPLIFIED: Final = (
    "的一是了我不人在他有这个上们来到时大地为子中你说生国年着就那和要她出也得里后自以会家可下而过天去能对小多然于心学么之都好看起发当没成只如事把还用第样道想作种开美总从无情己面最女但现前些所同日手又行意动"
    "方期它头经长儿回位分爱老因很给名法间斯知世什两次使身者被高已亲其进此话常与活正感见明问力理尔点文几定本公特做外孩相西果走将月十实向声车全信重三机工物气每并别真打太新比才便夫再书部水像眼等体却加电主界门"
    "利海受听表德少克代员许先口由死安写性马光白或住难望教命花结乐色更拉东神记处让母父应直字场平报友关放至张认接告入笑内英军候民岁往何度山觉路带万男边风解叫任金快原吃妈变通师立象数四失满战远格士音轻目条呢病"
    "始达深完今提求清王化空业思切怎非找片钱吗语元喜曾离飞科言干流欢约各即指合反题必该论交终林请医晚制球决传画保读运及则房早院量苦火布品近坐产答星精视五连司巴奇管类未朋且婚台夜青北队久乎越观落尽形影红爸百令"
    "周吧识步希亚术留市半热送兴造谈容极随演收首根讲整式取照办强石古华拿计您装似足双妻尼转诉米称丽客南领节衣站黑刻统断福城故历惊脸选包紧争另建维绝树系伤示愿持千史谁准联妇纪基买志静阿诗独复痛消社算义竟确酒需"
    "单治卡幸兰念举仅钟怕共毛句息功官待究跟穿室易游程号居考突皮哪费倒价图具刚脑永歌响商礼细专黄块脚味灵改据般破引食仍存众注笔甚某沉血备习校默务土微娘须试怀料调广苏显赛查密议底列富梦错座参八除跑亮假印设线温"
    "虽掉京初养香停际致阳纸李纳验助激够严证帝饭忘趣支春集丈木研班普导顿睡展跳获艺六波察群皇段急庭创区奥器谢弟店否害草排背止组州朝封睛板角况曲馆育忙质河续哥呼若推境遇雨标姐充围案伦护冷警贝著雪索剧啊船险烟依"
    "斗值帮汉慢佛肯闻唱沙局伯族低玩资屋击速顾泪洲团圣旁堂兵七露园牛哭旅街劳型烈姑陈莫鱼异抱宝权鲁简态级票怪寻杀律胜份汽右洋范床舞秘午登楼贵吸责例追较职属渐左录丝牙党继托赶章智冲叶胡吉卖坚喝肉遗救修松临藏担"
    "戏善卫药悲敢靠伊村戴词森耳差短祖云规窗散迷油旧适乡架恩投弹铁博雷府压超负勒杂醒洗采毫嘴毕九冰既状乱景席珍童顶派素脱农疑练野按犯拍征坏骨余承置臂彩灯巨琴免环姆暗换技翻束增忍餐洛塞缺忆判欧层付阵玛批岛项狗"
    "休懂武革良恶恋委拥娜妙探呀营退摇弄桌熟诺宣银势奖宫忽套康供优课鸟喊降夏困刘罪亡鞋健模败伴守挥鲜财孤枪禁恐伙杰迹妹遍盖副坦牌江顺秋萨菜划授归浪凡预奶雄升编典袋莱含盛济蒙棋端腿招释介烧误污染防废监测执督厅"
    "省县镇企策综述织违罚核评审协促源碳减耗检域湖尘固危件补贴租赁函"
)
# The Traditional forms of those above that differ.
_TRADITIONAL: Final = (
    "這個們來時爲說國裏後會過對於學麼發當沒還樣種開總從無現動頭經長兒愛給間兩親進話與見問爾點幾將實聲車機氣並別書體卻電門聽員許寫馬難結樂東記處讓應場報關張認內軍歲覺帶萬邊風喫媽變師數滿戰遠輕條達業錢嗎語離"
    "飛幹歡約題該論終請醫決傳畫讀運則產視連類臺隊觀盡紅識亞術熱興談極隨講辦強華計裝雙轉訴稱麗領節統斷歷驚臉選緊爭維絕樹傷願誰準聯婦紀買靜詩獨復義確單蘭舉僅鍾遊號費價圖剛腦響禮細專黃塊腳靈據衆筆備習務須試懷"
    "調廣蘇顯賽議夢錯參設線溫雖養際陽紙納驗夠嚴證飯導頓獲藝羣創區奧謝組況館質續標圍倫護貝劇險煙鬥幫漢聞資擊顧淚團聖園勞陳魚異寶權魯簡態級尋殺勝範牀祕樓貴責較職屬漸錄絲黨繼趕衝葉賣堅遺臨擔戲衛藥詞雲規舊適鄉"
    "彈鐵壓負雜採畢狀亂頂脫農練徵壞餘燈環換憶歐層陣瑪島項惡戀擁營搖諾銀勢獎宮優課鳥劉敗揮鮮財槍夥傑跡蓋順薩劃歸預編萊濟釋燒誤廢監測執廳縣鎮綜織違罰評審協減檢塵補貼賃"
)
_EVERYDAY: Final = frozenset(_SIMPLIFIED + _TRADITIONAL)
_PUNCTUATION: Final = frozenset(
    "，。、；：？！“”‘’（）《》〈〉〔〕【】「」『』…—·～　％０１２３４５６７８９-－／．|\u00a0①②③④⑤"
)


def rate_chinese(text: str) -> float:
    """Rate the characters outside ASCII, from -1 (none is readable) to 1 (all are everyday hanzi); 0 without any.

    >>> rate_chinese("环境保护工作"), rate_chinese("鐜鍐繚鎶")
    (1.0, 0.0)
    """
    counts = Counter(text)
    total = rated = 0.0
    for character, count in counts.items():
        if character > "\x7f":
            total += count
            rated += count * _rate(character)
    return rated / total if total else 0.0


def _rate(character: str) -> float:
    if character in _EVERYDAY:
        return 1.0
    if character in _PUNCTUATION:
        return 0.5
    if "\u4e00" <= character <= "\u9fff":
        return 0.0
    return -1.0 if character == "\ufffd" or "\ue000" <= character <= "\uf8ff" else -0.5
