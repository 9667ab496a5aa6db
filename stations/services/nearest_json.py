"""The rider's list as JSON text, put together from pieces that are written once for each station and mode."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from stations.model.keys import TravelMode
from stations.model.station import Station
from stations.model.taps import UNREAD, DoorReport
from stations.services.found import Asked, Line
from stations.services.geojson import nearest_head, origin_of, station_geojson, station_properties, tap_properties
from stations.services.handoff import baidu_start, split_links
from stations.services.nearest import Ranking
from stations.services.region import Region

MOST_PIECES = 50_000
"""Stations and modes of which pieces are kept, about 2 kB each."""
_START = "\x00"
"""Stands where a link to Baidu begins with the origin, while the pieces are written."""

_HEAD = (None, "")

_text_of = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode
_NOT_READ = _text_of(tap_properties(UNREAD, ""))
_NOBODY = _text_of(tap_properties(DoorReport(datetime.now(UTC)), ""))


def nearest_json(ranking: Ranking) -> bytes:
    """Return as UTF-8 what `nearest_collection` makes of the same question."""
    asked, instead = ranking.asked, ranking.instead
    region, trips = asked.region, asked.trips
    start = _text_of(baidu_start(asked.query.origin))[1:-1].encode()

    def feature(line: Line) -> tuple[bytes, ...]:
        station = region.stations[line.number]
        before, after = _pieces(station, asked.query.mode, region)
        return before, start, after, b",", _of_trip(line, station, asked).encode(), b"}}"

    def perhaps(line: Line | None) -> tuple[bytes, ...]:
        return (b"null",) if line is None else feature(line)

    def several(lines: list[Line]) -> list[bytes]:
        return [piece for line in lines for piece in (b",", *feature(line))][1:]

    own = nearest_head(asked.query, region.profile, trips.origin_snap_m, trips.origin_on_main, trips.next_stop)
    head = _text_of(own)[1:-1].encode()
    whole = [_head(region), b",", head, b',"features":[', *several(ranking.lines), b'],"instead":']
    if instead is None:
        return b"".join([*whole, b"null}"])
    whole += [b'{"next_to_open":', *perhaps(instead.next_to_open), b',"nearest_open":', *perhaps(instead.nearest_open)]
    return b"".join([*whole, b',"public":[', *several(instead.public), b"]}}"])


def _of_trip(line: Line, station: Station, asked: Asked) -> str:
    """Return the members that `travel_properties` returns, without braces; no text in them needs to be escaped."""
    doors, timetable, station_id = asked.doors, asked.region.timetable, station.station_id
    reason, until, opens = line.travel_reason, line.open_until, line.opens_at
    return (
        f'"travel_s":{_number(line.travel_s)},"return_s":{_number(line.return_s)},'
        f'"onward_s":{_number(line.onward_s)},"detour_s":{_number(line.detour_s)},'
        f'"spare_s":{_number(line.spare_s)},"travel_reason":{"null" if reason is None else _quoted(reason.value)},'
        f'"straight_line_m":{round(line.straight_line_m)},"to_gate":{_flag(station.to_gate_only)},'
        f'"state":"{line.state.value}","state_at":"{"departure" if line.at_departure else "arrival"}",'
        f'"usable_in_s":{_number(line.usable_in_s)},'
        f'"open_until":{"null" if until is None else _quoted(timetable.text_of(until))},'
        f'"opens_at":{"null" if opens is None else _quoted(timetable.text_of(opens))},'
        f'"holidays_unconfirmed":{_flag(line.holidays_unconfirmed)},'
        f'"taps":{_text_of(tap_properties(doors, station_id)) if station_id in doors.of else _quiet(doors)}'
    )


def _quiet(doors: DoorReport) -> str:
    """Return what is told of a door at which nobody tapped."""
    return _NOT_READ if doors.now is None else _NOBODY


def _number(value: int | None) -> int | str:
    return "null" if value is None else value


def _flag(value: bool | None) -> str:
    return "null" if value is None else "true" if value else "false"


def _quoted(text: str) -> str:
    return f'"{text}"'


def _head(region: Region) -> bytes:
    pieces = region.written.get(_HEAD)
    if pieces is None:
        text = _text_of({"type": "FeatureCollection", **origin_of(region.profile)})[:-1]
        pieces = region.written[_HEAD] = text.encode(), b""
    return pieces[0]


def _pieces(station: Station, mode: TravelMode, region: Region) -> tuple[bytes, bytes]:
    """Return a feature as far as the start of its link to Baidu, and from there to the end of what stays the same."""
    key, kept = (mode, station.station_id), region.written
    pieces = kept.get(key)
    if pieces is None:
        links, baidu = split_links(station, mode, area=region.profile.names["zh"])
        properties = {**station_properties(station), "links": {**links, "baidu": _START + baidu}}
        whole = _text_of(station_geojson(station, properties))[: -len("}}")]
        before, after = whole.rsplit(_text_of(_START)[1:-1], 1)
        pieces = before.encode(), after.encode()
        if len(kept) >= MOST_PIECES:
            kept.clear()
        kept[key] = pieces
    return pieces
