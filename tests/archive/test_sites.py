from pathlib import Path

import pytest

from archive.sites import read_sites, scan_sites, site_for
from pipelines.errors import SiteError
from pipelines.site import Site


def write_site(folder: Path, key: str, *, name: str | None = None, extra: str = "", host: str | None = None) -> Path:
    path = folder / (name or f"{key}.toml")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        f'key = "{key}"\nname = "某市生态环境局"\nkind = "bureau"\nhosts = ["{host or key + ".example.cn"}"]\n{extra}'
        f'[[channel]]\nname = "工作动态"\nurl = "http://{host or key + ".example.cn"}/gzdt/index.html"\n',
        encoding="utf-8",
    )
    return path


def test_sites_of_a_folder_stand_beside_the_packaged_ones(tmp_path: Path) -> None:
    write_site(tmp_path / "jiangsu", "ceshi")
    assert read_sites(tmp_path)["ceshi"].name == "某市生态环境局"
    assert set(read_sites(tmp_path)) - {"ceshi"} == set(read_sites())


def test_packaged_site_files_can_all_be_read() -> None:
    sites, problems = scan_sites()
    assert problems == []
    assert list(sites) == sorted(sites)


def test_templates_are_not_sites(tmp_path: Path) -> None:
    write_site(tmp_path, "muban", name="_template.toml")
    assert "muban" not in read_sites(tmp_path)


def test_a_key_that_is_taken_is_refused_with_both_files(tmp_path: Path) -> None:
    write_site(tmp_path / "a", "ceshi")
    write_site(tmp_path / "b", "ceshi")
    with pytest.raises(SiteError, match=r"b/ceshi\.toml: key 'ceshi' is taken by .*a/ceshi\.toml; choose another"):
        read_sites(tmp_path)


def test_a_file_must_have_the_name_of_its_key(tmp_path: Path) -> None:
    write_site(tmp_path, "ceshi", name="other.toml")
    with pytest.raises(SiteError, match=r"other\.toml: key 'ceshi' is not the file's name; rename one of them"):
        read_sites(tmp_path)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"key = \xd6\xd0\n", r"bad\.toml: not UTF-8 at byte 6; save the file as UTF-8"),
        (b"key = [", r"bad\.toml: not valid TOML: .*"),
        (b'titel = "x"\n', r"bad\.toml: .*"),
    ],
)
def test_a_file_that_cannot_be_understood_is_named_in_one_line(tmp_path: Path, data: bytes, message: str) -> None:
    (tmp_path / "bad.toml").write_bytes(data)
    with pytest.raises(SiteError, match=message) as caught:
        read_sites(tmp_path)
    assert "\n" not in str(caught.value)


def test_one_wrong_file_does_not_hide_the_others(tmp_path: Path) -> None:
    write_site(tmp_path, "ceshi")
    (tmp_path / "bad.toml").write_text("key = [")
    sites, problems = scan_sites(tmp_path)
    assert "ceshi" in sites
    assert len(problems) == 1


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match="no such folder of site files"):
        read_sites(tmp_path / "missing")


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("http://one.example.cn/gzdt/1.html", "one"),
        ("https://ONE.example.cn:8443/", "one"),
        ("http://127.0.0.1:8001/x", "port_one"),
        ("http://127.0.0.1:8002/x", "port_two"),
        ("http://sub.one.example.cn/", None),
        ("http://127.0.0.1:8003/x", None),
        ("http://[broken", None),
        ("about:blank", None),
    ],
)
def test_a_site_is_found_by_the_host_of_an_address(tmp_path: Path, url: str, key: str | None) -> None:
    write_site(tmp_path, "one")
    write_site(tmp_path, "port_one", host="127.0.0.1:8001")
    write_site(tmp_path, "port_two", host="127.0.0.1:8002")
    site = site_for(url, read_sites(tmp_path))
    assert (site and site.key) == key


def test_of_two_sites_on_one_host_the_one_with_the_closer_channel_is_meant() -> None:
    def site(key: str, path: str) -> Site:
        channel = {"name": "动态", "url": f"http://www.example.gov.cn{path}"}
        table = {"key": key, "name": key, "kind": "bureau", "hosts": ("www.example.gov.cn",), "channel": (channel,)}
        return Site.model_validate(table)

    sites = {"city": site("city", "/index.html"), "bureau": site("bureau", "/sthjj/gzdt/index.html")}
    found = [
        site_for(f"http://www.example.gov.cn{path}", sites) for path in ("/sthjj/gzdt/1.html", "/sthjj/", "/x/1.html")
    ]
    assert [site.key for site in found if site] == ["bureau", "city", "city"]
