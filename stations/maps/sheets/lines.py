"""Lines of text: cut to a width by the advances of the fonts."""

from __future__ import annotations

import re

from stations.maps.font_widths import text_width

_NEVER_FIRST = "，。、；：）】》！？”’,.;:)!?%–—"
_NEVER_LAST = "（【《“‘(["
_PIECES = re.compile(
    r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f]|\s+|[^\s\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]+"
)


_SEAM = re.compile(r"(?<=[A-Za-z0-9\u00c0-\u024f])(?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])(?=[A-Za-z0-9\u00c0-\u024f])")


def spaced(words: str) -> str:
    """Return words of ours with a space where Latin and Chinese meet, as good Chinese setting has it."""
    return _SEAM.sub(" ", words)


def wrap(words: str, width: float, size: float, *, bold: bool = False) -> list[str]:
    """Cut `words` into lines no wider than `width` millimetres at a type size of `size`.

    Chinese breaks between any two characters, but never before a closing or after an opening mark; other
    scripts between
    words, and within a word only where it alone is wider than the line.
    """
    lines, line = [], ""
    for piece in _pieces(words.strip(), width, size, bold=bold):
        if text_width(line + piece.rstrip(), size, bold=bold) <= width or not line.strip():
            line += piece
            continue
        kept, moved = _moved(line, piece)
        lines.append(kept.rstrip())
        line = (moved + piece).lstrip()
    return [*lines, line.rstrip()] if line.strip() else lines


def _moved(line: str, piece: str) -> tuple[str, str]:
    """Return what stays on a full line and what goes with `piece` to the next."""
    moved = ""
    while len(line) > 1 and ((moved + piece)[0] in _NEVER_FIRST or line[-1] in _NEVER_LAST):
        line, moved = line[:-1], line[-1] + moved
        if len(moved) > 6:
            return line + moved, ""
    return line, moved


def _pieces(words: str, width: float, size: float, *, bold: bool) -> list[str]:
    found: list[str] = []
    for piece in _PIECES.findall(words):
        if text_width(piece, size, bold=bold) > width:
            found.extend(piece)
        else:
            found.append(piece)
    return found
