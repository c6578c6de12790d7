"""What a verification looked at and what it did not, in both languages: a verdict is worth no more than that."""

from collections.abc import Collection
from pathlib import Path
from typing import Final

from archive.directory import CATALOG
from archive.verify.log_state import LogState
from archive.verify.report import Look, Reextraction
from archive.verify.selection import Selection

_STAGES: Final = {"files": "warc", "inflated": "warc", "catalog": CATALOG}
"""The check that looks, where it has another name."""


def make_looks(
    archive: Path,
    state: LogState,
    selection: Selection,
    *,
    is_deep: bool,
    reextraction: Reextraction | None,
    unseen: Collection[str],
) -> tuple[Look, ...]:
    """One line each for the log, the files, their records, the originals of imports, the texts, the catalog and the index.

    `unseen` are the checks that could not look at everything.
    """
    looks = _make_looks(archive, state, selection, is_deep=is_deep, reextraction=reextraction)
    return tuple(_unfinished(one) if _STAGES.get(one.kind, one.kind) in unseen else one for one in looks)


def _unfinished(look: Look) -> Look:
    if not look.done:
        return look
    words = dict(chinese=f"未能全部查看：{look.chinese}", english=f"not all of it could be looked at: {look.english}")
    return look.model_copy(update={"done": False, **words})


def _make_looks(
    archive: Path, state: LogState, selection: Selection, *, is_deep: bool, reextraction: Reextraction | None
) -> tuple[Look, ...]:
    is_whole = selection.is_whole
    return (
        _look(
            "log",
            state.head.size > 0,
            (
                f"整个日志：{state.head.size} 个条目、哈希树、检查点、密钥",
                f"the whole log: {state.head.size} entries, the tree, checkpoints and keys",
            ),
            ("没有日志可查", "there is no log to look at"),
        ),
        _at_files(selection),
        _look(
            "inflated",
            is_deep,
            ("解压每条记录并重新计算各部分摘要", "every record inflated, its parts digested again"),
            (
                "未解压记录，只比对压缩字节的摘要；解压请加 --deep",
                "records not inflated: their bytes were digested as stored; --deep",
            ),
        ),
        _look(
            "imports",
            is_whole,
            (
                "导入的原件，以及旁边没有登记的文件",
                "the kept originals of imports, and files beside them that no import names",
            ),
            (
                "只查所选抓取所属的导入原件；未查其他原件",
                "only the kept originals that the captures asked for came with: no others, nor files beside them",
            ),
        ),
        _at_texts(reextraction),
        _at_catalog(archive, is_whole=is_whole),
        _look(
            "index",
            is_whole and (archive / "index").is_dir(),
            ("索引的每一行", "every line of the index"),
            ("没有索引可查", "there is no index to look at")
            if is_whole
            else ("未查索引", "the index was not looked at"),
        ),
    )


def _look(kind: str, done: bool, yes: tuple[str, str], no: tuple[str, str]) -> Look:  # noqa: FBT001 (both ways side by side)
    chinese, english = yes if done else no
    return Look(kind=kind, done=done, chinese=chinese, english=english)


def _at_files(selection: Selection) -> Look:
    if selection.is_whole:
        return Look(
            kind="files",
            done=True,
            chinese="每个文件的每个字节，以及日志没有登记的文件",
            english="every byte of every file, and files that the log does not list",
        )
    parts = [f"url {selection.url}"] if selection.url else []
    parts += [f"since {selection.since}"] if selection.since else []
    asked = ", ".join(parts)
    return Look(
        kind="files",
        done=False,
        chinese=f"只查所选抓取的记录（{asked}）；未查文件的其余部分和未登记的文件",
        english=f"only the records of the captures asked for ({asked}): not the rest of the files, nor unlisted ones",
    )


def _at_catalog(archive: Path, *, is_whole: bool) -> Look:
    texts, which = ("every text", "每篇") if is_whole else ("the texts of those asked for", "所选抓取的")
    return _look(
        "catalog",
        (archive / CATALOG).exists(),
        (
            f"目录库里的每条抓取和{which}文字（不含附件文字、检索索引、近似重复，以及没有文字的页面属于哪一类；状态码和头部须加 --deep）",
            f"every capture of the catalog, {texts} (not of attached files, nor search, near-duplicates, the kind of pages without text; status and headers: --deep)",
        ),
        ("没有目录库可查", "there is no catalog to look at"),
    )


def _at_texts(made: Reextraction | None) -> Look:
    if made is None:
        return Look(
            kind="texts",
            done=False,
            chinese="未从字节重新提取文字；提取请加 --reextract",
            english="no text was extracted again from its bytes; --reextract",
        )
    return Look(
        kind="texts",
        done=made.read > 0 and made.read == made.logged,
        chinese=f"登记的 {made.logged} 篇文字中重新提取了 {made.read} 篇：{made.same} 篇相同，{made.other_recipe} 篇因提取程序不同而异",
        english=f"{made.read} of {made.logged} logged texts were extracted again: {made.same} came out the same, "
        f"{made.other_recipe} otherwise by another recipe",
    )
