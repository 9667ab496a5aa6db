"""The brief as a text document that an office goes on writing."""

from __future__ import annotations

import io
from dataclasses import dataclass

from docx import Document
from docx.document import Document as _Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

FONT = "Microsoft YaHei"
PICTURE_CM = 8.6
MARGIN_CM = 1.6


@dataclass(frozen=True, slots=True)
class BriefWords:
    """What stands in the document; the first row of `table` is its heading."""

    title: str
    question: str
    sentences: tuple[str, ...]
    table: tuple[tuple[str, ...], ...]
    method_title: str
    method: tuple[str, ...]


def write_docx(words: BriefWords, picture: bytes) -> bytes:
    """Return the document on A4; `picture` is the map as PNG."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(MARGIN_CM)
    style = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(10.5)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    style.paragraph_format.space_after = Pt(3)
    _write(document, words.title, size=17, bold=True)
    _write(document, words.question, size=9)
    for sentence in words.sentences:
        _write(document, sentence, size=11.5, bold=True)
    document.add_picture(io.BytesIO(picture), height=Cm(PICTURE_CM))
    document.paragraphs[-1].alignment = WD_ALIGN_PARAGRAPH.CENTER
    _write_table(document, words)
    _write(document, words.method_title, size=9, bold=True)
    for line in words.method:
        _write(document, line, size=8)
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


def _write(document: _Document, text: str, *, size: float, bold: bool = False) -> None:
    run = document.add_paragraph().add_run(text)
    run.font.size, run.bold = Pt(size), bold


def _write_table(document: _Document, words: BriefWords) -> None:
    table = document.add_table(rows=len(words.table), cols=len(words.table[0]), style="Light List")
    for row, cells in zip(table.rows, words.table, strict=True):
        for place, (cell, text) in enumerate(zip(row.cells, cells, strict=True)):
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_after = Pt(0)
            run = paragraph.add_run(text)
            run.font.size = Pt(9)
            if place:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
