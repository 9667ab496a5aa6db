"""A page of paper that remembers where it wrote what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from stations.maps import svg
from stations.maps.font_widths import text_width
from stations.maps.glyphs import check_characters
from stations.maps.paper_map import PaperMap
from stations.maps.paper_room import Box
from stations.maps.print_parts import Document, to_json
from stations.maps.style import PAGE_SHADES

INK = PAGE_SHADES["ink"].light
MUTED = PAGE_SHADES["muted"].light
HAIRLINE = PAGE_SHADES["hairline"].light
BASELINE = 0.37

_SOURCE = """#let sheet = json("sheet.json")
#set document(title: sheet.title, author: sheet.author)
#set page(width: sheet.width * 1mm, height: sheet.height * 1mm, margin: 0mm)
#for number in range(sheet.pages) {
  page(image("page-" + str(number) + ".svg", width: 100%, height: 100%, alt: sheet.title))
}
"""


@dataclass(slots=True)
class Page:
    """One page while it is drawn: `width` by `height` millimetres from the upper left corner.

    `texts` are the boxes of all that was written beside the maps, `maps` the maps with the corner they stand at.
    """

    width: float
    height: float
    parts: list[str] = field(default_factory=list)
    texts: list[tuple[str, Box]] = field(default_factory=list)
    maps: list[tuple[PaperMap, float, float]] = field(default_factory=list)

    def draw(self, elements: str) -> None:
        """Add SVG elements."""
        self.parts.append(elements)

    def write(
        self, words: str, x: float, y: float, size: float, *, fill: str = INK, bold: bool = False, anchor: str = "start"
    ) -> float:
        """Write one line whose middle is at `y`; return where it ends."""
        if not words:
            return x
        width = text_width(words, size, bold=bold)
        left = x - width * {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor]
        self.texts.append((words, Box(left + width / 2, y, width, size)))
        self.draw(svg.text(words, left, y + BASELINE * size, size, fill=fill, bold=bold))
        return left + width

    def place(self, drawn: PaperMap, x: float, y: float) -> None:
        """Put a map with its upper left corner at (x, y), with a line round it."""
        self.maps.append((drawn, x, y))
        self.draw(drawn.inside(x, y))
        self.draw(svg.rect(x, y, drawn.frame.width_mm, drawn.frame.height_mm, stroke=INK, pen=0.3))

    @property
    def svg(self) -> str:
        """The page as a drawing."""
        paper = svg.rect(0, 0, self.width, self.height, fill="#ffffff")
        return svg.drawing(paper + "".join(self.parts), self.width, self.height)


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """One line of an index: a station's number and the square of the grid that holds it."""

    station_id: str
    number: int
    square: str
    page: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """A finished sheet: its pages, and the index that stands on them."""

    title: str
    author: str
    when: date
    pages: tuple[Page, ...]
    index: tuple[IndexEntry, ...]

    def document(self) -> Document:
        """Return what typst sets.

        Raises
        ------
        InputError
            A text has characters that the fonts do not have.
        """
        check_characters(self._texts())
        first = self.pages[0]
        facts: Mapping[str, object] = {
            "title": self.title,
            "author": self.author,
            "pages": len(self.pages),
            "width": first.width,
            "height": first.height,
        }
        drawn = {f"page-{number}.svg": page.svg.encode() for number, page in enumerate(self.pages)}
        return Document(_SOURCE, {"sheet.json": to_json(facts), **drawn}, self.when)

    def _texts(self) -> Sequence[str]:
        names = [label.text for page in self.pages for drawn, _, _ in page.maps for label in drawn.labels]
        return [*names, *(words for page in self.pages for words, _ in page.texts)]
