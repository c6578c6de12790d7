from pathlib import Path

from archive.catalog.catalog import Catalog
from archive.catalog.outbox import Outbox
from archive.directory import Archive
from tests.archive.made_entries import Press, light_entry


def test_what_changes_again_before_others_were_told_waits_once(tmp_path: Path) -> None:
    press = Press(1)
    entries = [light_entry(number, *press.write(number)[:2]) for number in range(3)]
    with Catalog(Archive.open(tmp_path)) as catalog:
        outbox = Outbox(catalog)
        catalog.add(entries)
        assert outbox.open_for("others")
        first = outbox.read(10)
        catalog.replace(entries[1:])
        catalog.replace(entries[1:2])
        catalog.remove([entries[0].row["record_id"]])
        waiting = outbox.read(10)
        outbox.drop(first)
        assert outbox.read(10) == waiting
    assert [one.record_id for one in waiting] == [entries[number].row["record_id"] for number in (2, 1, 0)], (
        "in the order of their last change"
    )
