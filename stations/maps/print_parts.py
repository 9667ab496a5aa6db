"""What posters and cards are made of: a typst source of ours, and the files that it reads."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import segno

from stations.maps.style import MARKS, PAGE_SHADES, STATE_SHADES, SYMBOLS, sorted_services
from stations.model.keys import StationKind
from stations.model.station import Station

QUIET_ZONE = 4
"""Modules left white around a code, as ISO/IEC 18004 asks for."""


@dataclass(frozen=True, slots=True)
class Document:
    """Something to be set: see `typeset.compile_pdf` for the parts."""

    source: str
    files: Mapping[str, bytes]
    when: date


def template(name: str) -> str:
    """Return a typst source of ours."""
    return (Path(__file__).parent / "typst" / name).read_text(encoding="utf-8")


@cache
def common_files() -> Mapping[str, bytes]:
    """Return the files that every source of ours reads: colours, marks and symbols, and what draws them."""
    shades = {name: shade.light for name, shade in {**PAGE_SHADES, **STATE_SHADES}.items()}
    look = {"colours": shades, "marks": MARKS, "symbols": SYMBOLS}
    return {"common.typ": template("common.typ").encode(), "style.json": json.dumps(look).encode()}


def to_json(value: object) -> bytes:
    """Return a value as the JSON that a source reads."""
    return json.dumps(value, ensure_ascii=False).encode()


def symbol_of(station: Station) -> str:
    """Return the symbol that stands for a station: that of its kind, of a public place that of what it is there for."""
    services = sorted_services({str(key): count for key, count in station.services.items()})
    if station.kind is StationKind.PUBLIC_PLACE and services:
        return f"service.{services[0][0]}"
    return f"kind.{station.kind}"


def qr_drawing(text: str) -> str:
    """Return a QR code with its quiet zone as an SVG drawing, error correction M or better.

    It is one filled path, which printers draw without seams between the modules.
    """
    rows = [list(row) for row in segno.make(text, error="m", micro=False).matrix_iter(border=QUIET_ZONE)]
    d = "".join(
        f"M{start} {y}h{end - start}v1h{start - end}z" for y, row in enumerate(rows) for start, end in _runs(row)
    )
    side = len(rows)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}">'
        f'<path fill="#ffffff" d="M0 0h{side}v{side}H0z"/><path fill="#000000" d="{d}"/></svg>'
    )


def _runs(row: Sequence[int]) -> list[tuple[int, int]]:
    edges = [x for x in range(1, len(row)) if row[x] != row[x - 1]]
    return list(zip(edges[::2], edges[1::2], strict=True))
