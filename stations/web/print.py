"""The page of prints, previews, PDFs, and how far a long one is."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from stations.errors import TooManyError, UnknownThingError
from stations.model.jobs import Job, JobState
from stations.model.keys import ServiceKey
from stations.model.paper import read_paper
from stations.model.queries import read_key
from stations.services.cards import CardQuery, list_cards
from stations.services.jobs import read_job, start_job
from stations.services.posters import stations_for_print, townships_of
from stations.services.print_files import PrintFolder, print_folder
from stations.services.prints import (
    CARDS,
    PAPERS_OF,
    POSTERS,
    PrintQuery,
    is_bulk,
    preview_of,
    print_name,
    print_pdf,
    print_png,
    to_plain,
)
from stations.services.region import Region
from stations.services.sheets import COVERAGE
from stations.web.current import current_region
from stations.web.language import current_language, tell
from stations.web.office import current_office
from stations.web.parse import YES, Parameters, parse_coverage

bp = Blueprint("print", __name__)
PREVIEW_PX = 900
WAIT_S = 20.0
LOOK_AGAIN_S = 2
FILE_ENDINGS = (".pdf", ".png", ".txt")
MM_PER_INCH = 25.4

KEPT_CHOICES = ("lang", "landscape", "township", "large")
"""What stays chosen when another product is."""

MOST_WAITING = 2
"""So many requests of a worker wait for the print before theirs; the others are told to come again."""

_one_at_a_time = threading.Lock()
_room = threading.BoundedSemaphore(1 + MOST_WAITING)


@bp.get("/print")
def choices() -> ResponseReturnValue:
    """Show what can be printed, the choices, and how it will look."""
    region = current_region()
    query = _query(request.args.get("product") or POSTERS, region)
    return render_template(
        "print.html",
        query=query,
        papers=PAPERS_OF[query.product],
        products=list(PAPERS_OF),
        townships=townships_of(region),
        stations=[region.stations[number] for number in stations_for_print(region)],
        asked=_asked(query),
        kept={name: value for name, value in _asked(query).items() if name in KEPT_CHOICES},
        page=max(1, request.args.get("page", 1, type=int)),
        bulk=is_bulk(query, region),
        public_url=_public_url(),
        has_boundary=region.boundary is not None,
    )


@bp.get("/print/make")
def make() -> ResponseReturnValue:
    """Lead from the choices of the page to the print."""
    query = _query(request.args.get("product") or POSTERS, current_region())
    return redirect(url_for(".pdf", product=query.product, **_asked(query)))


@bp.get("/print/<product>.pdf")
def pdf(product: str) -> ResponseReturnValue:
    """Answer a print as PDF; of a long one, how far it is until it is there."""
    region = current_region()
    query, when = _query(product, region), _now(region)
    name = print_name(query, region, when=when, public_url=_public_url())
    if not is_bulk(query, region):
        content = _kept(f"{name}.pdf", lambda: print_pdf(query, region, when=when, public_url=_public_url()))
        return _file(content, "application/pdf", f"{region.profile.region_id}-{product}-{query.paper}.pdf")
    made = _folder().read(f"{name}.pdf")
    if made is not None:
        return _file(made, "application/pdf", f"{region.profile.region_id}-{product}-{query.paper}.pdf")
    return _waiting_page(_job_of(name, query), name)


@bp.get("/print/<product>.png")
def png(product: str) -> ResponseReturnValue:
    """Answer one page of a print as a picture of moderate size."""
    region = current_region()
    asked, when = _query(product, region), _now(region)
    query, page = preview_of(asked, region, page=request.args.get("page", 1, type=int))
    paper = read_paper(query.paper, landscape=query.landscape)
    ppi = PREVIEW_PX / (min(paper.width_mm, paper.height_mm) / MM_PER_INCH)
    name = print_name(query, region, when=when, public_url=_public_url())
    content = _kept(
        f"{name}-{page}.png",
        lambda: print_png(query, region, when=when, public_url=_public_url(), ppi=ppi, page=page),
    )
    return _file(content, "image/png", None)


@bp.get("/print/cards.txt")
def text() -> ResponseReturnValue:
    """Answer the cards as plain text."""
    region = current_region()
    asked = _query(CARDS, region)
    query = CardQuery(read_paper(asked.paper), lang=asked.lang, township=asked.township, street=asked.street)
    content = list_cards(query, region, when=_now(region))
    return Response(content, content_type="text/plain; charset=utf-8")


def _query(product: str, region: Region) -> PrintQuery:
    given: Parameters = request.args
    if product not in PAPERS_OF:
        raise UnknownThingError("print.product", field="product", value=product[:40], allowed=", ".join(PAPERS_OF))
    paper = given.get("paper", "").strip().upper()
    if not request.path.endswith(FILE_ENDINGS) and paper not in PAPERS_OF[product]:
        paper = ""  # the page keeps its choices when another product is chosen, whose paper is another
    return PrintQuery(
        product=product,
        paper=paper,
        landscape=given.get("landscape") in YES,
        lang=current_language(),
        township=given.get("township", "").strip(),
        street=given.get("street", "").strip(),
        station_ids=tuple(dict.fromkeys(one for one in given.getlist("station_id") if one)),
        services=tuple(read_key(ServiceKey, one, name="service") for one in given.getlist("service") if one),
        large=given.get("large") in YES,
        boundary=given.get("boundary") in YES,
        coverage=parse_coverage(given, region.profile) if product == COVERAGE and "mode" in given else None,
    )


def _asked(query: PrintQuery) -> dict[str, Any]:
    """Return the parameters of a query's addresses."""
    told = {
        "paper": query.paper,
        "landscape": "1" if query.landscape else None,
        "lang": query.lang,
        "township": query.township or None,
        "street": query.street or None,
        "station_id": list(query.station_ids) or None,
        "service": [str(one) for one in query.services] or None,
        "large": "1" if query.large else None,
        "boundary": "1" if query.boundary else None,
    }
    return {name: value for name, value in told.items() if value}


def _kept(name: str, make: Callable[[], bytes]) -> bytes:
    """Return what is kept by a name, or make it: one at a time in each worker, for it takes all of a processor.

    Raises
    ------
    TooManyError
        Others are being made, and have been for long.
    """
    folder = _folder()
    content = folder.read(name)
    if content is not None:
        return content
    if not _room.acquire(blocking=False):
        raise TooManyError("print.busy")
    try:
        content = _made(folder, name, make)
    finally:
        _room.release()
    try:
        folder.keep(name, content)
    except OSError:  # it is made anew the next time
        logging.getLogger(__name__).warning("a print cannot be kept", exc_info=True)
    return content


def _made(folder: PrintFolder, name: str, make: Callable[[], bytes]) -> bytes:
    if not _one_at_a_time.acquire(timeout=WAIT_S):
        raise TooManyError("print.busy")
    try:
        return folder.read(name) or make()
    finally:
        _one_at_a_time.release()


def _job_of(name: str, query: PrintQuery) -> Job:
    """Return the job that makes a print: the one that does so already, else a new one."""
    office, folder = current_office(), _folder()
    begun = folder.read(f"{name}.job")
    if begun is not None:
        try:
            job = read_job(office, begun.decode())
        except UnknownThingError:  # long ended, and forgotten
            job = None
        if job is not None and job.state in (JobState.QUEUED, JobState.RUNNING):
            return job
        folder.drop(f"{name}.job")
        if job is not None and job.state is JobState.FAILED:
            return job
    arguments = {"query": to_plain(query), "public_url": _public_url()}
    job_id = start_job(office, "print", arguments, author="")
    folder.keep(f"{name}.job", job_id.encode())
    return read_job(office, job_id)


def _waiting_page(job: Job, name: str) -> ResponseReturnValue:
    """Answer how far a print is; the page asks again by itself, with or without scripts."""
    failed = job.state in (JobState.FAILED, JobState.CANCELLED)
    wrong = tell(job.error.key, **job.error.values) if job.error else tell(f"job.state_{job.state}") if failed else ""
    page = render_template("print_wait.html", job=job, wrong=wrong, name=name)
    response = Response(page, 500 if failed else 202, content_type="text/html; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    if not failed:
        response.headers["Refresh"] = str(LOOK_AGAIN_S)
    return response


def _file(content: bytes, kind: str, name: str | None) -> Response:
    response = send_file(BytesIO(content), mimetype=kind, download_name=name, as_attachment=False)
    response.headers["Cache-Control"] = "no-cache"
    return response


def _folder() -> PrintFolder:
    return print_folder(current_office().settings, current_region().profile)


def _public_url() -> str:
    return current_office().settings.public_url


def _now(region: Region) -> datetime:
    return datetime.now(ZoneInfo(region.profile.time_zone)).replace(microsecond=0)
