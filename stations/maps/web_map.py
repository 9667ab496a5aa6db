"""Maps for the desk, by folium. This module alone imports folium.

folium turns text into live HTML inside a script, and compiles as a template what it has drawn: text goes through
`safe_text`, and marks are data (`safe_json`) that our `desk_map.js` draws, for folium takes a millisecond a mark. Its
own lists of scripts and styles name foreign hosts: they are emptied, and our page brings the files.
"""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import folium
from folium.plugins import Fullscreen, MarkerCluster
from folium.raster_layers import ImageOverlay
from folium.template import Template

from stations.maps.demand_raster import DemandImage
from stations.maps.style import DEMAND_SHADES

MOST_ZOOM = 18
Element = TypeVar("Element", bound=Any)


@dataclass(frozen=True, slots=True)
class MapParts:
    """A map to embed in a page: styles for the head, the element, and the script, which wants a nonce."""

    header: str
    html: str
    script: str


@dataclass(frozen=True, slots=True)
class GapMark:
    """A gap to draw: WGS 84 degrees, its rank, and what it is in one line of plain text."""

    lon: float
    lat: float
    rank: int
    text: str


@dataclass(frozen=True, slots=True)
class StationMark:
    """A station to draw: its id, WGS 84 degrees, the key of its kind, and the lines of its popup as plain text."""

    station_id: str
    lon: float
    lat: float
    kind: str
    lines: tuple[str, ...]


def safe_text(text: str) -> str:
    """Return text that shows as itself inside folium's HTML inside a script.

    Besides HTML's own characters, what is live in a JavaScript template literal or a Jinja template becomes an entity.
    Text that is no HTML (a marker's `title` option) has no such escape and must not be handed to folium.
    """
    entities = {"`": "&#96;", "$": "&#36;", "\\": "&#92;", "{": "&#123;", "}": "&#125;"}
    return "".join(entities.get(character, character) for character in html.escape(text.replace("\n", " ")))


def safe_json(rows: Sequence[Sequence[object]]) -> str:
    """Return rows of texts and numbers as JSON that no text can leave, and that is no Jinja template."""
    written = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
    return "".join(f"\\u{ord(one):04x}" if one in "<>&'{}\u2028\u2029" else one for one in written)


def coverage_map(
    *,
    bounds: tuple[float, float, float, float],
    stations: Iterable[StationMark],
    demand: DemandImage | None,
    gaps: Iterable[GapMark],
    catchment: Mapping[str, Any],
    names: Mapping[str, str],
    basemap_url: str,
) -> MapParts:
    """Return the coverage map of a region: catchments, demand by state, gaps, stations clustered, on its roads.

    Parameters
    ----------
    bounds
        West, south, east, north in WGS 84 degrees.
    catchment
        GeoJSON geometry of the joined catchment.
    names
        Words for ``stations``, ``catchment``, ``demand``, ``gaps``, ``full_screen`` and ``full_screen_off``.
    """
    west, south, east, north = bounds
    drawn = folium.Map(tiles=None, prefer_canvas=True, maxZoom=MOST_ZOOM)
    _own_files(drawn)
    _BaseLayer(basemap_url).add_to(drawn)
    _catchment_layer(catchment, names["catchment"]).add_to(drawn)
    if demand is not None:
        _demand_layer(demand, names["demand"]).add_to(drawn)
    _station_layer(stations, names["stations"]).add_to(drawn)
    _gap_layer(gaps, names["gaps"]).add_to(drawn)
    _own_files(Fullscreen(title=names["full_screen"], title_cancel=names["full_screen_off"])).add_to(drawn)
    folium.LayerControl(collapsed=True).add_to(drawn)
    drawn.fit_bounds([[south, west], [north, east]])
    figure = cast("folium.Figure", drawn.get_root())
    figure.render()
    return MapParts(
        header=_styles_only(figure.header.render()), html=figure.html.render(), script=figure.script.render()
    )


class _BaseLayer(folium.MacroElement):
    """Draws the region's own roads under the map, by our `base_map.js`."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "window.Stations.deskMap = {{ this._parent.get_name() }};"
        "window.Stations.addBaseMap({{ this._parent.get_name() }}, {{ this.url|tojson }});"
        "{% endmacro %}"
    )

    def __init__(self, url: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # branca ships no types
        self._name = "BaseLayer"
        self.url = url


class _Marks(folium.MacroElement):
    """Puts marks on its layer, by a function of our `desk_map.js`."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "window.Stations.{{ this.drawn_by }}({{ this._parent.get_name() }}, {{ this.rows }});"
        "{% endmacro %}"
    )

    def __init__(self, drawn_by: str, rows: Sequence[Sequence[object]]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # branca ships no types
        self._name = "Marks"
        self.drawn_by, self.rows = drawn_by, safe_json(rows)


def _own_files(element: Element) -> Element:
    element.default_js, element.default_css = [], []
    return element


def _catchment_layer(catchment: Mapping[str, Any], name: str) -> folium.GeoJson:
    shade = DEMAND_SHADES["covered"].light
    style = {"color": shade, "weight": 1.5, "opacity": 0.8, "fillColor": shade, "fillOpacity": 0.14}
    return folium.GeoJson(
        {"type": "Feature", "geometry": dict(catchment), "properties": {}},
        name=safe_text(name),
        style_function=lambda _: style,
        interactive=False,
        smooth_factor=1.5,
    )


def _demand_layer(demand: DemandImage, name: str) -> ImageOverlay:
    west, south, east, north = demand.bounds
    return ImageOverlay(
        demand.url, [[south, west], [north, east]], name=safe_text(name), alt=safe_text(name), pixelated=True
    )


def _gap_layer(gaps: Iterable[GapMark], name: str) -> folium.FeatureGroup:
    group = folium.FeatureGroup(name=safe_text(name))
    _Marks("addGapMarks", [(mark.lat, mark.lon, mark.rank, mark.text) for mark in gaps]).add_to(group)
    return group


def _station_layer(stations: Iterable[StationMark], title: str) -> MarkerCluster:
    cluster: MarkerCluster = _own_files(
        MarkerCluster(
            name=safe_text(title), max_cluster_radius=80, disable_clustering_at_zoom=15, show_coverage_on_hover=False
        )
    )
    rows = [(mark.lat, mark.lon, mark.station_id, mark.kind, *mark.lines) for mark in stations]
    _Marks("addStationMarks", rows).add_to(cluster)
    return cluster


def _styles_only(header: str) -> str:
    """Return the map's own styles from folium's head; the rest is for a page that is nothing but a map."""
    parts = header.split("<style>")[1:]
    return "".join(f"<style>{part.split('</style>')[0]}</style>" for part in parts if "#map_" in part)
