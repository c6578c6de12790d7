"""Telling people: each alarm once when it is raised and once when it is over, in the shape their chat program takes.

What is to be told is written down for each webhook before anything is sent. One that does not answer gets its lines later,
and the others get none of theirs twice.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, delete, insert, select, update

from crawler.frontier import Frontier
from crawler.frontier.schema import alarms, untold
from crawler.health.alarms import Alarm
from crawler.health.webhooks import LARGEST, NotTold, Webhook
from pipelines.records import format_instant

MOST: Final = 10
"""Messages at once; WeCom, DingTalk and Feishu take some twenty a minute."""


def tell(
    frontier: Frontier,
    current: Sequence[Alarm],
    webhooks: Sequence[Webhook],
    *,
    now: datetime,
    looked_at: Collection[str] | None = None,
) -> None:
    """Tell what is new and what is over, and remember it.

    `looked_at` are the sites whose alarms these are; None for all there are. Others who tell wait: an alarm is told
    once. Raises NotTold when a webhook did not take its lines; they are told at the next try.
    """
    problems = []
    with frontier.telling():
        with frontier.write() as connection:
            lines = _remember(connection, current, looked_at, format_instant(now))
            if rows := [{"webhook": name, "line": line} for name, _ in _name(webhooks) for line in lines]:
                connection.execute(insert(untold), rows)
        for name, webhook in _name(webhooks):
            try:
                _send_rest(frontier, name, webhook)
            except NotTold as problem:
                problems.append(problem)
    if problems:
        raise problems[0]


def _remember(
    connection: Connection, current: Sequence[Alarm], looked_at: Collection[str] | None, moment: str
) -> list[str]:
    """Write down what is raised and what is over; give a line for each."""
    rows = connection.execute(select(alarms).where(alarms.c.cleared_at.is_(None))).all()
    known = {(row.site, row.kind, row.about): row for row in rows if looked_at is None or row.site in looked_at}
    raised = [alarm for alarm in current if alarm.name not in known]
    over = [row for name, row in known.items() if name not in {alarm.name for alarm in current}]
    for alarm in raised:
        values = dict(site=alarm.site, kind=alarm.kind, about=alarm.about, text=alarm.text, raised_at=moment)
        connection.execute(insert(alarms).values(values))
    for row in over:
        connection.execute(update(alarms).where(alarms.c.id == row.id).values(cleared_at=moment))
    lines = [f"{alarm.site} [{alarm.kind}] {alarm.text}" for alarm in raised]
    return lines + [f"{row.site} [{row.kind}] over: {row.text}" for row in over]


def _name(webhooks: Sequence[Webhook]) -> Iterator[tuple[str, Webhook]]:
    """What each webhook is remembered by."""
    seen: Counter[str] = Counter()
    for webhook in webhooks:
        seen[webhook.kind] += 1
        yield f"{webhook.kind} {seen[webhook.kind]}", webhook


def _send_rest(frontier: Frontier, name: str, webhook: Webhook) -> None:
    """Send what a webhook has not taken yet; what it takes is not sent again."""
    with frontier.view() as connection:
        query = select(untold.c.id, untold.c.line).where(untold.c.webhook == name).order_by(untold.c.id)
        left: Sequence[Any] = connection.execute(query).all()
    texts = split_message([row.line for row in left], largest=LARGEST[webhook.kind])
    for number, text in enumerate(texts, start=1):
        webhook.send(text)
        # The last one speaks of all the rest.
        told = left if number == len(texts) else left[: text.count("\n")]
        left = left[len(told) :]
        with frontier.write() as connection:
            connection.execute(delete(untold).where(untold.c.webhook == name, untold.c.id <= told[-1].id))


def split_message(lines: Sequence[str], *, largest: int) -> list[str]:
    r"""Messages of whole lines, of so many bytes at most; the last one says how many more there are.

    >>> split_message(["a [list] nothing"], largest=2048)
    ['Lantian\na [list] nothing']
    >>> split_message([], largest=2048)
    []
    """
    texts: list[str] = []
    for number, line in enumerate(lines):
        cut = line.encode()[: largest // 2].decode(errors="ignore")
        if texts and len(f"{texts[-1]}\n{cut}".encode()) <= largest:
            texts[-1] += f"\n{cut}"
        elif len(texts) < MOST:
            texts.append(f"Lantian\n{cut}")
        else:
            return [*texts, f"Lantian\n{len(lines) - number} more; `lantian health` shows them"]
    return texts
