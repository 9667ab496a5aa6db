"""Links to navigation apps, each in its own coordinates."""

from __future__ import annotations

from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from stations.geo.datum import from_wgs84, gcj02_of_place
from stations.model.keys import Datum, StationKind, TravelMode
from stations.model.queries import Place
from stations.model.station import Station
from stations.services.handoff import handoff_links

# Worked example of coordtransform: WGS 84 116.404, 39.915 is GCJ-02 116.41024449916938, 39.91640428150164.
WGS84 = (116.404, 39.915)
GCJ02_LON, GCJ02_LAT = "116.410244", "39.916404"
WALK, EBIKE, CAR = TravelMode.WALK, TravelMode.EBIKE, TravelMode.CAR


def station(name="示例站 001", *, entrance=None):
    lon, lat = WGS84
    gate_lon, gate_lat = entrance or (None, None)
    return Station(
        "yz001", name, StationKind.HUB, lon, lat, lon, lat, Datum.WGS84, entrance_lon=gate_lon, entrance_lat=gate_lat
    )


def parts_of(link):
    return {name: values[0] for name, values in parse_qs(urlsplit(link).query, strict_parsing=True).items()}


@pytest.mark.parametrize(("mode", "theirs"), [(WALK, "walk"), (EBIKE, "ride"), (CAR, "car")])
def test_amap_gets_lon_before_lat_in_gcj02(mode, theirs):
    link = handoff_links(station(), mode, area="兖州区")["amap"]

    assert link.startswith("https://uri.amap.com/navigation?")
    assert parts_of(link) == {
        "to": f"{GCJ02_LON},{GCJ02_LAT},示例站 001", "mode": theirs, "src": "stations", "callnative": "1",
    }  # fmt: skip


@pytest.mark.parametrize(("mode", "theirs"), [(WALK, "walk"), (EBIKE, "drive"), (CAR, "drive")])
def test_tencent_gets_lat_before_lon_in_gcj02(mode, theirs):
    link = handoff_links(station(), mode, area="兖州区")["tencent"]

    assert link.startswith("https://apis.map.qq.com/uri/v1/routeplan?")
    assert parts_of(link) == {
        "type": theirs, "to": "示例站 001", "tocoord": f"{GCJ02_LAT},{GCJ02_LON}", "coord_type": "2",
        "referer": "stations",
    }  # fmt: skip


@pytest.mark.parametrize(("mode", "theirs"), [(WALK, "walking"), (EBIKE, "riding"), (CAR, "driving")])
def test_baidu_gets_both_ends_in_gcj02_and_is_told_so(mode, theirs):
    link = handoff_links(station(), mode, area="兖州区", origin=Place(*WGS84))["baidu"]
    parts = parts_of(link)

    assert link.startswith("https://api.map.baidu.com/direction?")
    assert parts["destination"] == f"latlng:{GCJ02_LAT},{GCJ02_LON}|name:示例站 001"
    assert parts["origin"].startswith("latlng:39.9164,116.4102|")  # no finer than it need be
    assert {name: parts[name] for name in ("mode", "region", "coord_type", "output", "src")} == {
        "mode": theirs, "region": "兖州区", "coord_type": "gcj02", "output": "html", "src": "stations",
    }  # fmt: skip


def test_geo_gets_lat_before_lon_in_wgs84():
    link = handoff_links(station(), WALK, area="兖州区")["geo"]

    assert unquote(link) == "geo:39.915000,116.404000?q=39.915000,116.404000(示例站 001)"


def test_no_baidu_without_an_origin_for_it_must_be_told_one():
    assert set(handoff_links(station(), WALK, area="兖州区")) == {"amap", "tencent", "geo"}


def test_only_baidu_is_told_the_origin():
    # 117.5, 36.5 is far from the station, in either datum.
    links = handoff_links(station(), WALK, area="兖州区", origin=Place(117.5, 36.5))

    assert [app for app, link in links.items() if "117.5" in link or "36.5" in link] == ["baidu"]


def test_a_trip_ends_at_the_entrance():
    gate = (116.405, 39.916)
    links = handoff_links(station(entrance=gate), WALK, area="兖州区")

    assert links["geo"].startswith("geo:39.916000,116.405000?")
    # The shift varies by centimetres over 150 m: GCJ-02 of the gate is that of the door plus the difference.
    lon, lat, _ = parts_of(links["amap"])["to"].split(",")
    assert float(lon) == pytest.approx(116.410244 + 0.001, abs=2e-5)
    assert float(lat) == pytest.approx(39.916404 + 0.001, abs=2e-5)


@pytest.mark.parametrize("name", ["a&to=0,0", "名 字#?/", "a|b)", '"<b>', "100%", "a+b"])
def test_no_name_leaves_its_place_in_a_link(name):
    links = handoff_links(station(name), CAR, area="兖州区", origin=Place(*WGS84))

    assert parts_of(links["amap"])["to"] == f"{GCJ02_LON},{GCJ02_LAT},{name}"
    assert parts_of(links["tencent"])["to"] == name
    assert parts_of(links["baidu"])["destination"].endswith(f"|name:{name}")
    assert unquote(links["geo"]).endswith(f"({name})")
    assert not set(" <>\"'") & set("".join(links.values()))


def test_outside_china_the_coordinates_are_the_same():
    helsinki = Station("a", "a", StationKind.PUBLIC_PLACE, 24.94, 60.17, 24.94, 60.17, Datum.WGS84)

    assert parts_of(handoff_links(helsinki, WALK, area="")["amap"])["to"] == "24.940000,60.170000,a"


@pytest.mark.parametrize("place", [WGS84, (73.5, 39.4), (134.7, 48.4), (110.0, 3.9), (24.94, 60.17), (137.9, 35.0)])
def test_the_place_of_an_origin_is_turned_as_all_others(place):
    assert gcj02_of_place(*place) == pytest.approx(from_wgs84(*place, Datum.GCJ02), abs=1e-11)
