"""Documents set by typst: the one place that knows it.

A document is a source that we wrote and files that it reads. Text of other people stands in the files alone, as JSON,
so that it is never read as source. Fonts are those of the project and no others; documents are PDF/A-2b with a fixed
date, so that the same content gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import typst

from stations.errors import StationsError
from stations.maps.glyphs import FONT_FOLDER, check_characters

STANDARD: Literal["a-2b"] = "a-2b"
_KEPT_RUNS = 11


class TypesettingError(StationsError, RuntimeError):
    """A document could not be set; a mistake of the program, not of its user."""


def compile_pdf(source: str, *, files: Mapping[str, bytes], when: date) -> bytes:
    """Return a document as PDF/A-2b, all fonts embedded.

    Parameters
    ----------
    source
        typst, written by us; it reads ``json("name.json")`` and ``image("name.svg")`` of `files`.
    files
        By plain name. The texts of those that end in ``.json`` are checked to be printable.
    when
        The date that the document bears.

    Raises
    ------
    InputError
        A text has characters that the fonts do not have.
    TypesettingError
        The source has a mistake, or typst has anything to warn of.
    """
    made = _compile(source, files, when=when)
    return made if isinstance(made, bytes) else made[0]


def compile_png(source: str, *, files: Mapping[str, bytes], when: date, ppi: float, page: int = 1) -> bytes:
    """Return one page of a document as PNG at `ppi` pixels to the inch; raises as `compile_pdf` does.

    A page that is not there is answered by the last one.
    """
    pages = _compile(source, files, when=when, ppi=ppi)
    if isinstance(pages, bytes):
        return pages
    return pages[min(max(page, 1), len(pages)) - 1]


def texts_in(value: object) -> Iterator[str]:
    """Return every text in a value of JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from texts_in(one)
    elif isinstance(value, list):
        for one in value:
            yield from texts_in(one)


def _compile(source: str, files: Mapping[str, bytes], *, when: date, ppi: float | None = None) -> bytes | list[bytes]:
    for name, content in files.items():
        if name.endswith(".json"):
            check_characters(texts_in(json.loads(content)))
    moment = datetime.combine(when, time(), UTC)
    with TemporaryDirectory(prefix="stations-print-") as folder:
        for name, content in files.items():
            (Path(folder) / name).write_bytes(content)
        compiler = typst.Compiler(
            source.encode(), root=folder, font_paths=_fonts(), ignore_system_fonts=True, package_path=folder
        )
        try:
            if ppi is None:
                made, warnings = compiler.compile_with_warnings(
                    format="pdf", pdf_standards=STANDARD, timestamp=moment, pdf_tags=False
                )
            else:
                made, warnings = compiler.compile_with_warnings(format="png", ppi=ppi, timestamp=moment)
        except typst.TypstError as error:
            raise TypesettingError("print.typesetting", why=error.message) from error
        finally:
            _forget(folder)
    if warnings or made is None:
        raise TypesettingError("print.typesetting", why="; ".join(one.message for one in warnings))
    return made


def _forget(folder: str) -> None:
    """Let typst forget what it remembers of the document just set.

    It keeps what it laid out until that was not asked for in ten further runs, which no document of ours is; of 168
    posters that would be gigabytes.
    """
    for _ in range(_KEPT_RUNS):
        typst.Compiler(b"", root=folder, font_paths=_fonts(), ignore_system_fonts=True).compile(format="pdf")


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONT_FOLDER)])
