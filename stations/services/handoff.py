"""Links that hand a trip over to a navigation app, each in the coordinates that the app speaks."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from stations.geo.datum import from_wgs84
from stations.model.keys import Datum, TravelMode
from stations.model.queries import Place
from stations.model.station import Station

_SOURCE = "stations"
_AMAP_MODE = {TravelMode.WALK: "walk", TravelMode.EBIKE: "ride", TravelMode.CAR: "car"}
_TENCENT_MODE = {TravelMode.WALK: "walk", TravelMode.EBIKE: "drive", TravelMode.CAR: "drive"}
_BAIDU_MODE = {TravelMode.WALK: "walking", TravelMode.EBIKE: "riding", TravelMode.CAR: "driving"}


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
    lon, lat = (float(value) for value in from_wgs84(*station.target, Datum.GCJ02))
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
    if origin is not None:
        links["baidu"] = _baidu(name, (lon, lat), mode, area=area, origin=origin)
    return links


def _baidu(name: str, target: tuple[float, float], mode: TravelMode, *, area: str, origin: Place) -> str:
    from_lon, from_lat = (float(value) for value in from_wgs84(origin.lon, origin.lat, Datum.GCJ02))
    parts = {
        "origin": f"latlng:{from_lat:.4f},{from_lon:.4f}|name:我的位置",
        "destination": f"latlng:{target[1]:.6f},{target[0]:.6f}|name:{name}",
        "mode": _BAIDU_MODE[mode],
        "region": area,
        "coord_type": "gcj02",
        "output": "html",
        "src": _SOURCE,
    }
    return f"https://api.map.baidu.com/direction?{urlencode(parts)}"
