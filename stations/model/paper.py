"""Sizes of paper."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from stations.errors import InputError

_ISO_A_MM = {
    "A6": (105.0, 148.0),
    "A5": (148.0, 210.0),
    "A4": (210.0, 297.0),
    "A3": (297.0, 420.0),
    "A2": (420.0, 594.0),
    "A1": (594.0, 841.0),
    "A0": (841.0, 1189.0),
}
"""Width and height upright (ISO 216)."""
PAPERS = tuple(_ISO_A_MM)


@dataclass(frozen=True, slots=True)
class Paper:
    """A sheet of paper as it lies: millimetres."""

    name: str
    width_mm: float
    height_mm: float


def read_paper(name: str, *, among: Collection[str] = PAPERS, landscape: bool = False) -> Paper:
    """Return the sheet that `name` is, e.g. ``A4``, in either case.

    Raises
    ------
    InputError
        There is no such paper, or it is not `among` those that a product comes on.
    """
    wanted = name.strip().upper()
    if wanted not in among or wanted not in _ISO_A_MM:
        raise InputError("print.paper", field="paper", value=name[:40], allowed=", ".join(among))
    width, height = _ISO_A_MM[wanted]
    return Paper(wanted, height, width) if landscape else Paper(wanted, width, height)
