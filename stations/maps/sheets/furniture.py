"""What stands round the maps of every page: title, small print, QR code, scale and north."""

from __future__ import annotations

from dataclasses import dataclass

import segno

from stations.maps import svg
from stations.maps.font_widths import text_width
from stations.maps.paper_map import Frame, PaperMap, north_arrow, scale_bar, watermark
from stations.maps.paper_room import Box
from stations.maps.sheets.content import SheetFacts
from stations.maps.sheets.lines import spaced, wrap
from stations.maps.sheets.page import HAIRLINE, INK, MUTED, Page
from stations.model.paper import Paper
from stations.texts import say

QR_MM = 22.0
QUIET_MODULES = 4
LARGE_TYPE = 1.3
_FACTORS = {"A6": 0.8, "A5": 0.85, "A4": 0.92, "A3": 1.0, "A2": 1.1, "A1": 1.25, "A0": 1.45}


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of the page in millimetres."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.y + self.height


def type_factor(paper: Paper, *, large: bool) -> float:
    """Return by how much type and marks are larger than on an A3 sheet."""
    return _FACTORS[paper.name] * (LARGE_TYPE if large else 1.0)


def start_page(
    paper: Paper, facts: SheetFacts, *, title: str, subtitle: str, factor: float, number: str = ""
) -> tuple[Page, Area]:
    """Return a page with its title and small print, and the area that is left between them."""
    page = Page(paper.width_mm, paper.height_mm)
    margin = (9.0 if paper.width_mm > 250 else 8.0) * min(factor, 1.6)
    top = _write_title(page, facts, title, subtitle, margin, factor)
    bottom = _write_foot(page, facts, margin, factor, number)
    return page, Area(margin, top, page.width - 2 * margin, bottom - top)


def _write_title(page: Page, facts: SheetFacts, title: str, subtitle: str, margin: float, factor: float) -> float:
    size, under = 8.0 * factor, 3.1 * factor
    title = spaced(title)
    room = page.width - 2 * margin
    while size > under and text_width(title, size, bold=True) > room:
        size *= 0.96
    end = page.write(title, margin, margin + size * 0.5, size, bold=True)
    if facts.sample:
        badge = say(facts.lang, "sheet.sample")
        wide = text_width(badge, under, bold=True) + 3 * factor
        if end + 4 * factor + wide < page.width - margin:
            left, middle = end + 4 * factor, margin + size * 0.5
            page.draw(svg.rect(left, middle - under * 0.9, wide, under * 1.8, stroke=INK, pen=0.25, radius=0.8))
            page.write(badge, left + wide / 2, middle, under, bold=True, anchor="middle")
    top = margin + size * 1.22
    for line in wrap(subtitle, room, under):
        page.write(line, margin, top + under * 0.5, under, fill=MUTED)
        top += under * 1.4
    return top + 1.5 * factor


def _write_foot(page: Page, facts: SheetFacts, margin: float, factor: float, number: str) -> float:
    """Write the small print, and at its end the code and where it leads; return how far up it reaches."""
    size = 2.2 * factor
    code = QR_MM * max(1.0, factor / 1.3)
    right = page.width - margin
    below = page.height - margin
    if facts.url:
        quiet = _draw_code(page, facts.url, right - code, below - code, code)
        words = wrap(say(facts.lang, "sheet.scan"), 42 * factor, 2.5 * factor, bold=True)
        address = wrap(facts.url, 42 * factor, 2.0 * factor)
        middle = below - code / 2 - (len(words) * 3.4 + len(address) * 2.6) * factor / 2
        for line in words:
            page.write(line, right - code - quiet, middle + 1.7 * factor, 2.5 * factor, bold=True, anchor="end")
            middle += 3.4 * factor
        for line in address:
            page.write(line, right - code - quiet, middle + 1.3 * factor, 2.0 * factor, fill=MUTED, anchor="end")
            middle += 2.6 * factor
        right -= code + quiet + 44 * factor
    room = right - margin - (12 * factor if number else 0.0)
    lines = [line for words in foot_words(facts) for line in wrap(words, room, size)]
    height = max(len(lines) * size * 1.42, code if facts.url else 0.0)
    top = below - len(lines) * size * 1.42
    for line in lines:
        page.write(line, margin, top + size * 0.7, size, fill=MUTED)
        top += size * 1.42
    if number:
        page.write(number, right, below - 2.6 * factor, 4.2 * factor, bold=True, anchor="end")
    edge = below - height - 2.6 * factor
    page.draw(svg.line(margin, edge, page.width - margin, edge, stroke=HAIRLINE, pen=0.2))
    return edge - 1.5 * factor


def write_watermark(page: Page, facts: SheetFacts) -> None:
    """Write across a page without a map that it is a sample, where it is one; maps bear it themselves."""
    if facts.sample:
        page.draw(watermark(say(facts.lang, "sheet.sample"), page.width, page.height))


def foot_words(facts: SheetFacts) -> list[str]:
    """Return the small print of a sheet, a paragraph for each of its matters."""
    lang = facts.lang
    unknown = say(lang, "sheet.date_unknown")
    lines = [say(lang, "sheet.sample_note")] if facts.sample else []
    lines.append(
        say(
            lang,
            "sheet.official",
            review=facts.review_number or "＿＿＿＿＿＿＿＿",
            issuer=facts.issuer or "＿＿＿＿＿＿＿＿",
        )
    )
    lines.append(
        say(
            lang,
            "sheet.dates",
            date=facts.data_date or unknown,
            until=facts.valid_until or unknown,
            version=facts.version,
        )
    )
    lines.append(say(lang, "sheet.source", source=facts.roads_source or say(lang, "sheet.source_unknown")))
    lines.append(say(lang, "sheet.speeds", speeds=facts.speeds))
    return lines


def _draw_code(page: Page, url: str, x: float, y: float, side: float) -> float:
    """Draw a QR code, error correction M or better, as one path; return the width of its quiet zone."""
    rows = [bytes(row) for row in segno.make(url, error="m", micro=False).matrix]
    module = side / len(rows)
    runs = "".join(
        f"M{start} {line}h{end - start}v1h{start - end}z" for line, row in enumerate(rows) for start, end in _runs(row)
    )
    page.draw(
        f'<path transform="translate({svg.number(x)} {svg.number(y)}) scale({module:.6g})" fill="#000000" d="{runs}"/>'
    )
    page.texts.append(("", Box(x + side / 2, y + side / 2, side, side)))
    return QUIET_MODULES * module


def _runs(row: bytes) -> list[tuple[int, int]]:
    padded = b"\0" + row + b"\0"
    edges = [place for place in range(len(row) + 1) if padded[place] != padded[place + 1]]
    return list(zip(edges[::2], edges[1::2], strict=True))


def write_scale(page: Page, drawn: PaperMap, x: float, y: float, width: float, *, factor: float, lang: str) -> float:
    """Write north arrow, scale bar and ratio of a map from (x, y) on; return where they end."""
    arrow = 9.0 * factor
    page.draw(north_arrow(x + arrow * 0.35, y + arrow * 0.55, arrow))
    left = x + arrow * 0.9
    bar, long, high = scale_bar(drawn.frame, min(width - arrow, 48 * factor), factor=factor)
    page.draw(f'<g transform="translate({svg.number(left + 1)} {svg.number(y + 0.5 * factor)})">{bar}</g>')
    page.texts.append(("", Box(left + 1 + long / 2, y + 0.5 * factor + high / 2, long, high)))
    page.write(ratio_words(drawn.frame, lang), left, y + high + 2.8 * factor, 2.5 * factor)
    return y + max(arrow * 1.1, high + 5 * factor)


def ratio_words(frame: Frame, lang: str) -> str:
    """Return the scale of a map in words, e.g. ``比例尺 1:25,000``."""
    return say(lang, "sheet.ratio", scale=f"{frame.scale:,.0f}")
