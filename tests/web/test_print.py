"""The page of prints, its samples and PDFs, and prints that are made as a job."""

from __future__ import annotations

import io
import threading

import pypdf
import pytest

from stations.model.jobs import JobState
from stations.services import prints
from stations.services.jobs import read_job, run_jobs
from stations.services.office import Office
from stations.services.print_files import PrintFolder
from stations.web import create_app
from stations.web import print as print_pages


def pages_of(answer) -> int:
    return len(pypdf.PdfReader(io.BytesIO(answer.data)).pages)


@pytest.fixture
def fresh(make_town, tmp_path):
    """A town of its own, for prints leave files behind."""
    from stations.services.build import build_region

    made = make_town(tmp_path)
    list(build_region(made.settings))
    return made


@pytest.mark.parametrize("product", prints.PAPERS_OF)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_shows_every_product_with_its_choices(client, product, lang):
    answer = client.get(f"/print?product={product}&lang={lang}")

    assert answer.status_code == 200
    assert 'formaction="/print/make"' in answer.text
    assert f"/print/{product}.png?" in answer.text
    assert all("<option" in answer.text and paper in answer.text for paper in prints.PAPERS_OF[product])


def test_a_paper_of_another_product_is_let_go_on_the_page_and_refused_in_a_print(client):
    assert client.get("/print?product=cards&paper=A0").status_code == 200
    answer = client.get("/print/cards.pdf?paper=A0")

    assert answer.status_code == 400
    assert "A0" in answer.text


def test_the_choices_lead_to_the_print(client):
    answer = client.get("/print/make?product=cards&paper=A3&township=镇&service=&large=1&lang=en")

    assert answer.status_code == 302
    assert answer.location == "/print/cards.pdf?paper=A6&lang=en&township=%E9%95%87&large=1"


@pytest.mark.parametrize("product", ["posters", "cards"])
def test_a_print_is_a_pdf(client, product):
    answer = client.get(f"/print/{product}.pdf")

    assert answer.status_code == 200
    assert answer.content_type == "application/pdf"
    assert pages_of(answer) == {"posters": 4, "cards": 1}[product]


@pytest.mark.parametrize("product", ["posters", "cards", "district"])
def test_a_sample_is_a_picture_of_moderate_size(client, product):
    answer = client.get(f"/print/{product}.png?page=2")

    assert answer.status_code == 200
    assert answer.data.startswith(b"\x89PNG")
    assert 300 < int.from_bytes(answer.data[16:20]) < 2000


def test_cards_come_as_plain_text(client):
    answer = client.get("/print/cards.txt?lang=en")

    assert answer.content_type == "text/plain; charset=utf-8"
    assert "站 e | 24 hours a day" in answer.text


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/print/nothing.pdf", 404),
        ("/print?product=nothing", 404),
        ("/print/posters.pdf?station_id=nope", 404),
        ("/print/posters.pdf?township=nope", 400),
        ("/print/cards.pdf?street=nope", 400),
        ("/print/district.pdf?service=nope", 400),
    ],
)
def test_what_cannot_be_printed_is_said_on_a_page(client, address, status):
    answer = client.get(address)

    assert answer.status_code == status
    assert "nope" in answer.text or "nothing" in answer.text


def test_live_text_stays_text(hostile_client, hostile):
    page = hostile_client.get("/print?product=posters")
    poster = hostile_client.get("/print/posters.pdf")
    words = "".join("".join(one.extract_text() for one in pypdf.PdfReader(io.BytesIO(poster.data)).pages).split())

    assert hostile not in page.text
    assert poster.status_code == 200
    assert "".join(hostile.split()) in words


def test_a_print_is_made_once_for_all_who_ask_for_the_same(fresh, monkeypatch):
    made = []

    def counted(*args, **kwargs):
        made.append(args)
        return b"%PDF-1"

    monkeypatch.setattr(print_pages, "print_pdf", counted)
    client = create_app(fresh.settings).test_client()
    first, second, other = (client.get(f"/print/cards.pdf?{query}") for query in ("", "", "large=1"))

    assert first.data == second.data == other.data
    assert len(made) == 2


def test_who_waits_too_long_is_told_to_come_again(fresh, monkeypatch):
    monkeypatch.setattr(print_pages, "WAIT_S", 0.05)
    busy = threading.Lock()
    monkeypatch.setattr(print_pages, "_one_at_a_time", busy)
    with busy:
        answer = create_app(fresh.settings).test_client().get("/print/cards.pdf")

    assert answer.status_code == 429


def test_no_more_wait_than_leave_room_for_riders(fresh, monkeypatch):
    monkeypatch.setattr(print_pages, "_room", threading.BoundedSemaphore(1))
    client = create_app(fresh.settings).test_client()
    with print_pages._room:
        refused = client.get("/print/cards.pdf")

    assert refused.status_code == 429
    assert client.get("/print/cards.pdf").status_code == 200


def test_a_disk_that_is_full_keeps_nobody_from_a_print(fresh, monkeypatch):
    def full(self, name, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(PrintFolder, "keep", full)

    assert create_app(fresh.settings).test_client().get("/print/cards.pdf").status_code == 200


def test_a_long_print_is_a_job_and_then_there(fresh, monkeypatch):
    monkeypatch.setattr(prints, "MOST_AT_ONCE", 2)
    client = create_app(fresh.settings).test_client()
    waiting, again = client.get("/print/posters.pdf"), client.get("/print/posters.pdf")
    jobs = list((fresh.settings.instance / "town" / "prints").glob("*.job"))

    assert waiting.status_code == again.status_code == 202
    assert waiting.headers["Refresh"] == "2"
    assert "等待中" in waiting.text
    assert len(jobs) == 1

    office, job_id = Office(fresh.settings), jobs[0].read_text(encoding="ascii")
    run_jobs(fresh.settings, until=lambda: read_job(office, job_id).state not in (JobState.QUEUED, JobState.RUNNING))
    ready = client.get("/print/posters.pdf")

    assert ready.status_code == 200
    assert pages_of(ready) == 4


def test_a_long_print_that_failed_says_why_once_and_may_be_tried_again(fresh, monkeypatch):
    monkeypatch.setattr(prints, "MOST_AT_ONCE", 0)
    monkeypatch.setattr(prints, "compose", lambda *_args, **_more: 1 / 0)
    client = create_app(fresh.settings).test_client()
    client.get("/print/posters.pdf")
    asked = []
    run_jobs(fresh.settings, until=lambda: asked.append(1) or len(asked) > 12)
    failed, again = client.get("/print/posters.pdf"), client.get("/print/posters.pdf")

    assert failed.status_code == 500
    assert "Refresh" not in failed.headers
    assert again.status_code == 202


def test_strangers_may_have_no_more_than_three_long_prints_made_at_a_time(fresh, monkeypatch):
    monkeypatch.setattr(prints, "MOST_AT_ONCE", 0)
    client = create_app(fresh.settings).test_client()
    answers = [
        client.get(f"/print/posters.pdf?{query}").status_code for query in ("", "large=1", "paper=A3", "paper=A5", "")
    ]

    assert answers == [202, 202, 202, 429, 202]  # the last one asks for what is being made already


def test_the_outline_is_asked_for_and_never_there_by_itself(client):
    page = client.get("/print?product=district&boundary=1").text

    assert "boundary=1" in page
    assert "boundary=1" not in client.get("/print?product=district").text


def test_another_product_is_one_click_away_and_keeps_the_size_of_type(client):
    page = client.get("/print?product=posters&large=1&paper=A3").text

    assert 'href="/print?product=district&amp;lang=zh&amp;large=1"' in page
    assert page.count('aria-current="true"') == 1


def test_old_prints_make_room(tmp_path, monkeypatch):
    import os

    from stations.services import print_files

    monkeypatch.setattr(print_files, "MOST_KEPT_FILES", 2)
    folder = PrintFolder(tmp_path / "prints")
    for age, name in enumerate(("a", "b", "c")):
        folder.keep(name, name.encode())
        os.utime(tmp_path / "prints" / name, (1000 + age, 1000 + age))
    folder.keep("d", b"d")

    assert sorted(file.name for file in (tmp_path / "prints").iterdir()) == ["c", "d"]
    assert folder.read("a") is None
