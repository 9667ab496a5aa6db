"""Links that hand a trip over to a navigation app, each in the coordinates that the app speaks."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from stations.geo.datum import from_wgs84, gcj02_of_place
from stations.model.keys import Datum, TravelMode
from stations.model.queries import Place
from stations.model.station import Station

_SOURCE = "stations"
_AMAP_MODE = {TravelMode.WALK: "walk", TravelMode.EBIKE: "ride", TravelMode.CAR: "car"}
_TENCENT_MODE = {TravelMode.WALK: "walk", TravelMode.EBIKE: "drive", TravelMode.CAR: "drive"}
_BAIDU_MODE = {TravelMode.WALK: "walking", TravelMode.EBIKE: "riding", TravelMode.CAR: "driving"}

_BAIDU_START = "https://api.map.baidu.com/direction?origin=latlng%%3A%.4f%%2C%.4f%%7Cname%%3A" + quote(
    "我的位置"
).replace("%", "%%")


def handoff_links(station: Station, mode: TravelMode, *, area: str, origin: Place | None = None) -> dict[str, str]:
    """Return the addresses that open a trip to the station's entrance, by app: amap, tencent, geo, and baidu.

    Baidu must be told the origin, so its link is there only with one, and sends that position out; the others take
    the phone's own. Amap, Tencent and Baidu get GCJ-02, `geo:` gets WGS 84 (RFC 5870). Tencent knows no ride: an
    e-bike is handed over as a drive.

    Parameters
    ----------
    area
        City or district name, which Baidu asks for.
    """
    links, baidu = split_links(station, mode, area=area)
    return links if origin is None else {**links, "baidu": baidu_start(origin) + baidu}


def split_links(station: Station, mode: TravelMode, *, area: str) -> tuple[dict[str, str], str]:
    """Return the links that need no origin, and what of Baidu's follows `baidu_start`; see `handoff_links`."""
    lon, lat = from_wgs84(*station.target, Datum.GCJ02)
    name = station.name
    amap = {"to": f"{lon:.6f},{lat:.6f},{name}", "mode": _AMAP_MODE[mode], "src": _SOURCE, "callnative": 1}
    tencent = {
        "type": _TENCENT_MODE[mode],
        "to": name,
        "tocoord": f"{lat:.6f},{lon:.6f}",
        "coord_type": 2,
        "referer": _SOURCE,
    }
    target_lon, target_lat = station.target
    links = {
        "amap": f"https://uri.amap.com/navigation?{urlencode(amap)}",
        "tencent": f"https://apis.map.qq.com/uri/v1/routeplan?{urlencode(tencent)}",
        "geo": f"geo:{target_lat:.6f},{target_lon:.6f}?q={target_lat:.6f},{target_lon:.6f}({quote(name)})",
    }
    return links, _baidu_end(name, (lon, lat), mode, area=area)


def baidu_start(origin: Place) -> str:
    """Return the beginning of every link to Baidu from one origin, which is in it."""
    lon, lat = gcj02_of_place(origin.lon, origin.lat)
    return _BAIDU_START % (lat, lon)


def _baidu_end(name: str, target: tuple[float, float], mode: TravelMode, *, area: str) -> str:
    parts = {
        "destination": f"latlng:{target[1]:.6f},{target[0]:.6f}|name:{name}",
        "mode": _BAIDU_MODE[mode],
        "region": area,
        "coord_type": "gcj02",
        "output": "html",
        "src": _SOURCE,
    }
    return f"&{urlencode(parts)}"
