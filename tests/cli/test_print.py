"""`app.py print`."""

from __future__ import annotations

import io
from zipfile import ZipFile

import pypdf
import pytest

from stations.cli import main


@pytest.fixture
def run(town, monkeypatch, capsys):
    """Run one command over the town; return its status and what it wrote."""
    monkeypatch.setenv("STATIONS_REGION", str(town.settings.region))
    monkeypatch.setenv("STATIONS_INSTANCE", str(town.settings.instance))
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    for name in ("LC_ALL", "LC_MESSAGES", "STATIONS_PUBLIC_URL"):
        monkeypatch.delenv(name, raising=False)

    def run_one(*argv):
        status = main(["print", *map(str, argv)], serve=None)
        return status, capsys.readouterr()

    return run_one


def test_posters_are_written_with_a_warning_where_no_address_is_set(run, tmp_path):
    status, told = run("posters", "--out", tmp_path / "p.pdf")

    assert status == 0
    assert "STATIONS_PUBLIC_URL" in told.err
    assert "p.pdf" in told.out
    assert len(pypdf.PdfReader(tmp_path / "p.pdf").pages) == 4


def test_one_station_is_one_page_and_no_warning_with_an_address(run, tmp_path, monkeypatch):
    monkeypatch.setenv("STATIONS_PUBLIC_URL", "https://x.cn")
    status, told = run("posters", "--station", "e", "--paper", "a5", "--out", tmp_path / "p.pdf")

    assert (status, "STATIONS_PUBLIC_URL" in told.err) == (0, False)
    assert len(pypdf.PdfReader(tmp_path / "p.pdf").pages) == 1


def test_posters_come_one_by_one_in_a_zip(run, tmp_path):
    run("posters", "--out", tmp_path / "p.zip")
    with ZipFile(tmp_path / "p.zip") as file:
        assert file.namelist() == ["e.pdf", "g.pdf", "h.pdf", "q.pdf"]
        assert len(pypdf.PdfReader(io.BytesIO(file.read("h.pdf"))).pages) == 1


def test_cards_come_as_text_and_as_picture(run, tmp_path):
    run("cards", "--out", tmp_path / "c.txt", "--lang", "zh")
    run("cards", "--out", tmp_path / "c.png")

    assert "站 e | 全天" in (tmp_path / "c.txt").read_text(encoding="utf-8")
    assert (tmp_path / "c.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("argv", "named"),
    [
        (("posters", "--paper", "B4", "--out", "x.pdf"), "B4"),
        (("posters", "--out", "x.txt"), "x.txt"),
        (("booklets", "--out", "x.pdf"), "booklets"),
        (("posters", "--station", "nope", "--out", "x.pdf"), "nope"),
        (("cards", "--street", "nope", "--out", "x.pdf"), "nope"),
        (("cards", "--township", "nope", "--out", "x.pdf"), "nope"),
        (("cards", "--lang", "fi", "--out", "x.pdf"), "fi"),
    ],
)
def test_what_cannot_be_printed_is_one_sentence(run, tmp_path, monkeypatch, argv, named):
    monkeypatch.chdir(tmp_path)
    status, told = run(*argv)

    assert status == 2
    assert named in told.err
    assert not list(tmp_path.iterdir())
