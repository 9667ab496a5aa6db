"""The brief as a text document that an office goes on writing."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from docx import Document
from docx.document import Document as _Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import _Cell

from stations.maps.sheets.lines import wrap

FONT = "Microsoft YaHei"
PAGE_MM, MARGIN_MM = (210.0, 297.0), 16.0
PICTURE_MM = PAGE_MM[0] - 2 * MARGIN_MM
MOST_PICTURE_MM, LEAST_PICTURE_MM, SPARE_MM = 112.0, 44.0, 6.0
TITLE_PT, SENTENCE_PT, TABLE_PT, SMALL_PT, GAP_PT = 17.0, 11.5, 9.0, 8.0, 3.0
PT_PER_MM, LINE = 72 / 25.4, 1.4
ROOM = 0.86
"""Part of a line that is reckoned with: other fonts are wider than ours."""
_STRONG, _FAINT = "57606A", "D9DDE2"


@dataclass(frozen=True, slots=True)
class BriefWords:
    """What stands in the document; the first row of `table` is its heading."""

    title: str
    question: str
    sentences: tuple[str, ...]
    table: tuple[tuple[str, ...], ...]
    table_note: str
    method_title: str
    method: tuple[str, ...]
    author: str
    made_on: date
    picture_words: str


def write_docx(words: BriefWords, draw: Callable[[float], bytes]) -> bytes:
    """Return the document on one page of A4; `draw` returns the map as PNG, so high as it is told.

    Where the office has not our fonts it sets others: the room for words is reckoned large.
    """
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(PAGE_MM[0]), Mm(PAGE_MM[1])
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(MARGIN_MM)
    style = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(10.5)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    style.paragraph_format.space_after = Pt(0)
    _write(document, words.title, size=TITLE_PT, bold=True)
    _write(document, words.question, size=SMALL_PT)
    for sentence in words.sentences:
        _write(document, sentence, size=SENTENCE_PT, bold=True)
    document.add_picture(io.BytesIO(draw(_room_mm(words))), width=Mm(PICTURE_MM))
    document.inline_shapes[0]._inline.docPr.set("descr", words.picture_words)  # the library has no name for it
    _write_table(document, words)
    _write(document, words.table_note, size=SMALL_PT)
    _write(document, words.method_title, size=SMALL_PT + 1, bold=True)
    for line in words.method:
        _write(document, line, size=SMALL_PT)
    _tell_properties(document, words)
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


def _room_mm(words: BriefWords) -> float:
    """Return how high the map may be, so that all stands on one page."""
    texts = [(words.title, TITLE_PT), *((one, SENTENCE_PT) for one in words.sentences)]
    texts += [(one, SMALL_PT) for one in (words.question, words.table_note, words.method_title, *words.method)]
    used = sum(len(wrap(text, PICTURE_MM * ROOM, size / PT_PER_MM, bold=True)) * _line_mm(size) for text, size in texts)
    used += len(words.table) * _line_mm(TABLE_PT) + len(words.sentences) * GAP_PT / PT_PER_MM
    return min(MOST_PICTURE_MM, max(LEAST_PICTURE_MM, PAGE_MM[1] - 2 * MARGIN_MM - used - SPARE_MM))


def _line_mm(size: float) -> float:
    return size * LINE / PT_PER_MM


def _tell_properties(document: _Document, words: BriefWords) -> None:
    told = document.core_properties
    told.title, told.author, told.comments = words.title, words.author, ""
    told.created = told.modified = datetime.combine(words.made_on, time(), UTC)
    told.last_modified_by = words.author


def _write(document: _Document, text: str, *, size: float, bold: bool = False) -> None:
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.space_before = Pt(GAP_PT if size == SENTENCE_PT else 0)
    run = paragraph.add_run(text)
    run.font.size, run.bold = Pt(size), bold


def _write_table(document: _Document, words: BriefWords) -> None:
    """Write the table with thin lines between its rows; its heading and the last row, the whole, stand out."""
    table = document.add_table(rows=len(words.table), cols=len(words.table[0]))
    last = len(words.table) - 1
    for number, (row, cells) in enumerate(zip(table.rows, words.table, strict=True)):
        for place, (cell, text) in enumerate(zip(row.cells, cells, strict=True)):
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_after = Pt(0)
            run = paragraph.add_run(text)
            run.font.size, run.bold = Pt(TABLE_PT), number in (0, last)
            if place:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            _underline(cell, _STRONG if number in (0, last - 1, last) else _FAINT)


def _underline(cell: _Cell, colour: str) -> None:
    borders = OxmlElement("w:tcBorders")
    line = OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", colour)):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)
    cell._tc.get_or_add_tcPr().append(borders)  # the library has no name for the lines of a cell
