"""Damage inside a page: in the title, in attributes, across inline tags; the decision is made for the page as a whole."""

from pipelines.repair import Language, repair

CLONE = (
    "<html><head><title>深入打好污染防治攻堅(jiān)戰(zhàn)</title>"
    '<meta name="description" content="生態(tài)環(huán)境保護(hù)">'
    "</head><body><p>&nbsp;全域?qū)嵤?rdquo;的要求,<b>環(huán)</b>境保護(hù)</p>"
    "<p>補(bǔ)償?shù)膶?shí)施意見</p></body></html>"
)
HEALTHY = (
    "<html><head><title>深入打好污染防治攻坚战</title>"
    '<meta name="description" content="生态环境保护">'
    "</head><body><p>&nbsp;全域实施&rdquo;的要求,<b>环</b>境保护</p>"
    "<p>补偿的实施意见</p></body></html>"
)


def test_a_clone_page_becomes_the_page_it_was(language: Language) -> None:
    assert repair(CLONE, language, markup=True).text == HEALTHY


def test_a_tag_that_lost_its_bracket_to_a_lead_byte_gets_it_back(language: Language) -> None:
    page = "<p>環(huán)境保護(hù)全域?qū)嵤?/p><p>生態(tài)</p>"
    assert repair(page, language, markup=True).text == "<p>环境保护全域实施</p><p>生态</p>"


def test_scripts_urls_and_queries_stay(language: Language) -> None:
    page = '<a href="/list?page=2&id=(a)">環(huán)境</a><script>f(a) ? b : c;</script><p>保護(hù)生態(tài)</p>'
    expected = '<a href="/list?page=2&id=(a)">环境</a><script>f(a) ? b : c;</script><p>保护生态</p>'
    assert repair(page, language, markup=True).text == expected
