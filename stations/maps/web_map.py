"""Maps for the desk, by folium. This module alone imports folium.

folium turns popup and tooltip text into live HTML inside a script, and compiles as a template what it has drawn: all
text goes through `safe_text`. Its own lists of scripts and styles name foreign hosts: they are emptied, and our page
brings the files.
"""

from __future__ import annotations

import html
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import folium
from folium.plugins import Fullscreen, MarkerCluster
from folium.template import Template

from stations.maps.style import DEMAND_SHADES, symbol_svg

DEMAND_RADIUS_PX = (2, 7)
MOST_ZOOM = 18
Element = TypeVar("Element", bound=Any)


@dataclass(frozen=True, slots=True)
class MapParts:
    """A map to embed in a page: styles for the head, the element, and the script, which wants a nonce."""

    header: str
    html: str
    script: str


@dataclass(frozen=True, slots=True)
class StationMark:
    """A station to draw: WGS 84 degrees, the key of its kind, and the lines of its popup as plain text."""

    lon: float
    lat: float
    kind: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DemandMark:
    """Demand to draw: WGS 84 degrees, its state (covered, gap, unknown), weight, and its tooltip as plain text."""

    lon: float
    lat: float
    state: str
    weight: float
    text: str


def safe_text(text: str) -> str:
    """Return text that shows as itself inside folium's HTML inside a script.

    Besides HTML's own characters, what is live in a JavaScript template literal or a Jinja template becomes an entity.
    Text that is no HTML (a marker's `title` option) has no such escape and must not be handed to folium.
    """
    entities = {"`": "&#96;", "$": "&#36;", "\\": "&#92;", "{": "&#123;", "}": "&#125;"}
    return "".join(entities.get(character, character) for character in html.escape(text.replace("\n", " ")))


def coverage_map(
    *,
    bounds: tuple[float, float, float, float],
    stations: Iterable[StationMark],
    demand: Iterable[DemandMark],
    catchment: Mapping[str, Any],
    names: Mapping[str, str],
    basemap_url: str,
) -> MapParts:
    """Return the coverage map of a region: catchments, demand by state, stations clustered, on the region's roads.

    Parameters
    ----------
    bounds
        West, south, east, north in WGS 84 degrees.
    catchment
        GeoJSON geometry of the joined catchment.
    names
        Words for ``stations``, ``catchment``, ``demand``, ``full_screen`` and ``full_screen_off``.
    """
    west, south, east, north = bounds
    drawn = folium.Map(tiles=None, prefer_canvas=True, maxZoom=MOST_ZOOM)
    _own_files(drawn)
    _BaseLayer(basemap_url).add_to(drawn)
    _catchment_layer(catchment, names["catchment"]).add_to(drawn)
    _demand_layer(demand, names["demand"]).add_to(drawn)
    _station_layer(stations, names["stations"]).add_to(drawn)
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
        "window.Stations.addBaseMap({{ this._parent.get_name() }}, {{ this.url|tojson }});"
        "{% endmacro %}"
    )

    def __init__(self, url: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # branca ships no types
        self._name = "BaseLayer"
        self.url = url


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


def _demand_layer(demand: Iterable[DemandMark], name: str) -> folium.GeoJson:
    marks = list(demand)
    heaviest = max((mark.weight for mark in marks), default=1.0) or 1.0
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [mark.lon, mark.lat]},
            "properties": {
                "state": mark.state,
                "radius": _radius_px(mark.weight / heaviest),
                "text": f"<bdi>{safe_text(mark.text)}</bdi>",
            },
        }
        for mark in marks
    ]
    return folium.GeoJson(
        {"type": "FeatureCollection", "features": features},
        name=safe_text(name),
        marker=folium.CircleMarker(),
        style_function=_demand_style,
        tooltip=folium.GeoJsonTooltip(["text"], labels=False) if features else None,
    )


def _radius_px(share: float) -> int:
    """Return the radius of a circle whose area grows with the share of the heaviest; few sizes, so few styles."""
    least, most = DEMAND_RADIUS_PX
    return round(least + math.sqrt(max(share, 0.0)) * (most - least))


def _demand_style(feature: Mapping[str, Any]) -> dict[str, object]:
    state = feature["properties"]["state"]
    shade = DEMAND_SHADES[state].light
    return {
        "radius": feature["properties"]["radius"],
        "color": shade,
        "stroke": state == "unknown",
        "weight": 1.5,
        "dashArray": "3 3" if state == "unknown" else None,
        "fill": True,
        "fillColor": shade,
        "fillOpacity": 0.4 if state == "covered" else 0.6,
    }


def _station_layer(stations: Iterable[StationMark], title: str) -> MarkerCluster:
    cluster = _own_files(
        MarkerCluster(
            name=safe_text(title), max_cluster_radius=80, disable_clustering_at_zoom=15, show_coverage_on_hover=False
        )
    )
    for mark in stations:
        name, symbol = safe_text(mark.lines[0]), symbol_svg(f"kind.{mark.kind}")
        icon = folium.DivIcon(
            html=(
                f'<span class="station-mark" title="{name}">{symbol}</span><span class="visually-hidden">{name}</span>'
            ),
            class_name="station-icon",
            icon_size=(28, 28),
            icon_anchor=(14, 14),
        )
        text = "<br>".join(f"<bdi>{safe_text(line)}</bdi>" for line in mark.lines)
        folium.Marker((mark.lat, mark.lon), icon=icon, popup=folium.Popup(text, max_width=280, lazy=True)).add_to(
            cluster
        )
    return cluster


def _styles_only(header: str) -> str:
    """Return the map's own styles from folium's head; the rest is for a page that is nothing but a map."""
    parts = header.split("<style>")[1:]
    return "".join(f"<style>{part.split('</style>')[0]}</style>" for part in parts if "#map_" in part)
