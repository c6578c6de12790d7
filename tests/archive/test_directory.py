import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from archive.directory import Archive
from archive.errors import NotAnArchive, StorageFull


def test_a_new_folder_becomes_an_archive_that_keeps_its_id(tmp_path: Path) -> None:
    made = Archive.open(tmp_path / "deep" / "archive")
    assert made.id.startswith("urn:uuid:")
    assert Archive.open(tmp_path / "deep" / "archive", create=False) == made
    assert [entry.name for entry in made.path.iterdir()] == ["archive.json"]


def test_an_empty_mount_point_may_become_one(tmp_path: Path) -> None:
    (tmp_path / "lost+found").mkdir()
    (tmp_path / ".DS_Store").touch()
    assert Archive.open(tmp_path).id


def test_a_folder_of_other_things_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").touch()
    with pytest.raises(NotAnArchive, match=r"holds other things and no archive\.json; name an archive"):
        Archive.open(tmp_path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["photo.jpg"]


def test_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "archive").touch()
    with pytest.raises(NotAnArchive, match="is a file, not an archive directory"):
        Archive.open(tmp_path / "archive")


def test_a_path_below_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises((NotAnArchive, StorageFull), match="file"):
        Archive.open(tmp_path / "file" / "archive")


def test_nothing_is_made_where_an_archive_must_exist(tmp_path: Path) -> None:
    with pytest.raises(NotAnArchive, match="there is no archive here"):
        Archive.open(tmp_path / "none", create=False)
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("mark", "message"),
    [
        ('{"format": 2, "id": "urn:uuid:x"}', "format 2 is unknown, this program knows 1"),
        ('{"format": "1", "id": "urn:uuid:x"}', "format '1' is unknown"),
        ('{"format": true, "id": "urn:uuid:x"}', "format True is unknown"),
        ('{"id": "urn:uuid:x"}', "format None is unknown"),
        ("[]", "format None is unknown"),
        ('{"format": 1}', "has no id"),
        ('{"format": 1', "is not valid JSON"),
        ("", "is not valid JSON"),
    ],
)
def test_a_mark_that_is_not_understood_is_refused_in_one_line(tmp_path: Path, mark: str, message: str) -> None:
    (tmp_path / "archive.json").write_text(mark)
    with pytest.raises(NotAnArchive) as caught:
        Archive.open(tmp_path)
    text = str(caught.value)
    assert message in text
    assert text.startswith(f"{tmp_path / 'archive.json'}: ")
    assert "; " in text
    assert "\n" not in text


def test_opening_an_archive_writes_nothing(tmp_path: Path) -> None:
    Archive.open(tmp_path)
    before = [(entry.name, entry.stat().st_mtime_ns) for entry in tmp_path.iterdir()]
    Archive.open(tmp_path)
    assert [(entry.name, entry.stat().st_mtime_ns) for entry in tmp_path.iterdir()] == before


def test_all_who_make_it_at_once_get_the_same_archive(tmp_path: Path) -> None:
    for attempt in range(20):
        with ThreadPoolExecutor(8) as pool:
            ids = {archive.id for archive in pool.map(Archive.open, [tmp_path / str(attempt)] * 8)}
        assert ids == {json.loads((tmp_path / str(attempt) / "archive.json").read_text())["id"]}


def test_it_may_be_named_relative_to_the_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Archive.open("archive-data")
    assert [entry.name for entry in tmp_path.iterdir()] == ["archive-data"]


def test_a_name_that_no_file_system_takes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotAnArchive, match="cannot be read: File name too long; name another folder"):
        Archive.open(tmp_path / ("x" * 300))
