"""The family of everything else: container names that many Chinese templates share, most telling first.

The names come from public crawlers of government sites and from the templates of news portals; each is believed only
where it holds most of the page's dense text.
"""

import re

from pipelines.platforms.family import Platform

COMMON_BODIES = tuple(
    re.findall(
        r"\S+",
        """
    #zoom #zoomcon #fontzoom #zooms #zoomtext .trs_editor .trs_ueditor .trs_editor_view .trs_preappend .custom_unionstyle
    #ucap-content #ozoom #js_content #vsb_content .v_news_content .wp_articlecontent #ivs_content #zw #zw2
    #artibody #endtext .post_text .post_body #cnt-main-article-qq #p-detail .rm_txt_con .text_con .show_text #p_content
    #rwb_zw .news_txt .left_zw .content_body_box .news-con #mainnewscontent #contentmain #articlecontent .articlecontent
    #article_content .article_content #article-content .article-content #artcontent #arti_content #newscontent
    .newscontent .news_content .news-content #news_content #cont_cont .entry-content .post-content .article-body
    .article_body #bodylabel #mainText #div_zhengwen #wh_x_c #fontSize #con_con .text-main .wzcon .bt_content .xxgk_content
    .con_text .content_text .contenttext .conTxt .contxt .txtcon .text_content .detail-content .detail_content .details_content
    .detailcontent .detail-con .view_content .xl_cont .xl-content .nrcontent .zc-detail .zwxl-content .main_content
    .article_component .message_con .message-box .j-fontcontent .newscontnet .pages_content .zhengwen .wenzhang .infocontent
    .info_content .info-content .infocon .neirong .nr .article-detail .article_con .article-con .arti-content .article_box .article_text
    .content-main .content_main .content-article .cont .con_main .concontent .h_dl_c .gknbxq_detail .wrapper_detail_text
    article .article #article #content .content .text #text .view .news_show .details
    """,
    )
)
"""Container selectors, most telling first."""

PLATFORM = Platform(name="generic")
