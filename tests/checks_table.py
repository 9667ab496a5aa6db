"""Print how the checks over a list do: ``python -m tests.checks_table``.

Faults of every kind are sown with fixed seeds into copies of clean lists: the bundled sample, one station in every
community of the district under its real name, and, where `STATIONS_REAL_DATA` is set, the public places of central
Helsinki; what roads alone tell of the datum is tried on the real roads of Futian too. A fault is caught when its row
is told of by its check; a row that bears no fault and is told of is wrongly flagged.
"""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import permutations
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import numpy as np
import shapely

from stations.errors import Problem
from stations.geo.crs import to_degrees, to_metres
from stations.geo.datum import from_wgs84, to_wgs84
from stations.geo.snap import OFF_NETWORK, street_lines
from stations.loaders.osm_places import read_osm_stations
from stations.loaders.region import read_profile
from stations.model.keys import Datum, StationKind, TravelMode
from stations.model.listing import ListedStation
from stations.model.station import Station
from stations.services.create import NewRegion, create_region
from stations.services.list_checks import ListFacts, check_listing, facts_of
from stations.services.list_checks.datum import check_datum
from stations.services.list_checks.ground import road_gaps_m
from stations.services.list_checks.rows import Rows
from stations.services.roads import build_roads, load_roads

ROOT = Path(__file__).parents[1]
FAULTS_OF_A_KIND = 10
FIRST_ROW = 2
REALLY_TWICE = ("w122595247",)
"""The National Library in Helsinki is on the map twice, as a point and as a building 49 m away: no false alarm."""
DRAWS = {8: 20, 20: 10, 168: 1}
"""How many parts of so many stations are drawn for every pair of datums."""

CLEAN_HOURS = (
    "每天 8:00-20:00", "周一至周五 8:30—17:30", "24小时", "全天", "8:00-12:00；14:00-18:00", "上午9点至下午5点半",
    "早8点-晚10点", "晚 18:00 至次日 2:00", "22:00-6:00", "夏季 8:00-12:00、14:30-18:30，冬季 8:30-12:00、14:00-17:30",
    "周一至周五：9：00～21：00 节假日除外", "08:00-24:00", "工作日9点到17点30，周末休息", "下午2:00-5:30", "不定", None,
)  # fmt: skip
CLEAN_PHONES = (
    "0537-3412345", "05373412345", "13812345678", "138 1234 5678", "138-1234-5678", "+86 13812345678",
    "0537-3412345 / 13812345678", "王主任 13812345678", "0537-3412345转802", "400-123-4567", "4001234567", "12345",
    "110", "95588", "（0537）3412345", "010-12345678", "13812345678、13987654321", "电话：0537-3412345", None,
)  # fmt: skip
WRONG_CLOCKS = ("8:00-25:00", "25:00关门", "周一至周五 8:30-17:75", "9点至26点", "8:00-24:30")
WRONG_WAY_ROUND = ("17:30-8:30", "周一至周五 18:30-9:00", "下午5点到上午8点", "21:00-6:30；18:00-9:00", "8:30-5:30")
SAME_TIME = ("8:30-8:30", "周一至周五 9点至9点", "下午2:00-14:00", "全年 12:00-12:00", "17:30-17:30")
NEVER = ("off", "closed", "Mo-Su off", "PH off", "24/7; Mo-Su off")
TOO_LONG = (
    ("08:00-20:00,10:00-24:00", None), ("00:00-24:00,08:00-12:00", None), ("08:00-34:00", None),
    (None, "8:00至次日20:00"), (None, "9点-次日18点"),
)  # fmt: skip
WRONG_PHONES = (
    "1381234567", "138123456789", "0537-341234", "3412345", "12812345678", "1.38E+10", "138****5678",
    "0537-341-23456789",
    "13812345678/1381234", "无法接通99",
)  # fmt: skip
RARE, RARE_IN = ("\U00020bb7", "\u1200", "\U0001f600"), ("address", "address", "hours_text")
ZERO_LOST = ("537-3412345", "5373412345", "10-12345678")


@dataclass(frozen=True)
class CleanList:
    """A list without faults, and the region it is of."""

    name: str
    stations: tuple[Station, ...]
    facts: ListFacts


@dataclass(frozen=True)
class Sown:
    """A copy of a list with faults: rows by index that bear one, and what is stored."""

    stations: tuple[Station, ...]
    faulty: frozenset[int]
    stored: tuple[Station, ...] = ()


@dataclass(frozen=True)
class Figure:
    """One row of the table."""

    check: str
    list_name: str
    sown: int
    caught: int
    wrongly: int
    told: tuple[str, ...] = ()


Sower = Callable[[CleanList, Random], Sown | None]


def sample_list(folder: Path) -> CleanList:
    """Return the bundled list of 168 stations; roads are built in `folder`."""
    profile = read_profile(ROOT / "data" / "yanzhou")
    list(build_roads(profile, folder))
    with (profile.folder / "stations.csv").open(encoding="utf-8-sig", newline="") as file:
        stations = tuple(map(_station_of_row, csv.DictReader(file)))
    return CleanList("sample", stations, facts_of(profile, load_roads(profile, folder)))


def community_list(sample: CleanList) -> CleanList:
    """Return a station at the road nearest to every community of the sample's region, under its real name."""
    random = Random(4)
    facts = sample.facts
    assert facts.roads is not None
    named = [place for place in facts.places if place.category == "community"]
    lon, lat = np.array([place.lon for place in named]), np.array([place.lat for place in named])
    snaps = facts.roads.snap_indexes[TravelMode.WALK].snap(lon, lat)
    lines = street_lines(facts.roads.network)[snaps.street]
    feet = shapely.get_coordinates(shapely.line_interpolate_point(lines, snaps.fraction, normalized=True))
    beside = feet + [[random.choice((-1, 1)) * random.uniform(4, 15) for _ in "xy"] for _ in feet]
    lon, lat = (axis.round(6) for axis in to_degrees(beside[:, 0], beside[:, 1], crs=facts.crs))
    stations = tuple(
        _at(
            Station(
                f"c{number:03d}",
                f"{place.name}党群服务中心",
                StationKind.PARTY_CENTRE,
                0.0,
                0.0,
                0.0,
                0.0,
                Datum.WGS84,
                township=place.township,
                address=f"兖州区{place.township}{place.name}",
                hours_text=CLEAN_HOURS[number % len(CLEAN_HOURS)],
                phone=CLEAN_PHONES[number % len(CLEAN_PHONES)],
            ),
            float(lon[number]),
            float(lat[number]),
        )
        for number, place in enumerate(named)
        if snaps.street[number] != OFF_NETWORK
    )
    return CleanList("communities", stations, facts)


def helsinki_list(real_data: Path, folder: Path) -> CleanList:
    """Return the public places of central Helsinki, as ``region create --stations-from-osm`` takes them."""
    roads_file = real_data / "helsinki.osm.pbf"
    list(create_region(NewRegion(folder / "helsinki", "Helsinki", roads_file, stations_from_osm=True)))
    profile = read_profile(folder / "helsinki")
    list(build_roads(profile, folder / "roads"))
    stations = read_osm_stations(roads_file, bounds=profile.bounds)
    return CleanList("helsinki", stations, facts_of(profile, load_roads(profile, folder / "roads")))


def futian_list(real_data: Path, folder: Path) -> CleanList:
    """Return 168 nameless stations 5 to 45 m beside the real roads of Futian, longer roads having more of them."""
    list(create_region(NewRegion(folder / "futian", "福田", real_data / "futian.graphml")))
    profile = read_profile(folder / "futian")
    list(build_roads(profile, folder / "futian roads"))
    facts = facts_of(profile, load_roads(profile, folder / "futian roads"))
    assert facts.roads is not None
    network, random = facts.roads.network, Random(5)
    streets = random.choices(street_lines(network), weights=network.length_m, k=168)
    feet = [street.interpolate(random.random(), normalized=True) for street in streets]
    beside = [(random.uniform(5, 45), random.uniform(0, 2 * np.pi)) for _ in feet]
    x = [foot.x + metres * np.cos(angle) for foot, (metres, angle) in zip(feet, beside, strict=True)]
    y = [foot.y + metres * np.sin(angle) for foot, (metres, angle) in zip(feet, beside, strict=True)]
    lon, lat = to_degrees(x, y, crs=facts.crs)
    nameless = Station("", "", StationKind.UNION_POST, 0.0, 0.0, 0.0, 0.0, Datum.WGS84)
    stations = tuple(
        _at(replace(nameless, station_id=f"f{number}", name=f"f{number}"), lon[number], lat[number])
        for number in range(len(feet))
    )
    return CleanList("futian", stations, facts)


def figures_of(clean: CleanList) -> Iterator[Figure]:
    """Sow every kind of fault into a list, check it, and count."""
    told = _unexpected(check_listing(listed(clean.stations), clean.stations, clean.facts, datum=Datum.WGS84))
    yield Figure("(clean)", clean.name, 0, 0, len(told), tuple(map(str, told)))
    for name, sow in SOWERS.items():
        check = name.split(" ")[0]
        sown = sow(clean, Random(f"{name} {clean.name}"))
        if sown is None:
            continue
        problems = check_listing(listed(sown.stations), sown.stored, clean.facts, datum=Datum.WGS84)
        rows = {(problem.row or 0) - FIRST_ROW for problem in problems if problem.check == check}
        strange = [one for one in _unexpected(problems) if (one.row or 0) - FIRST_ROW not in sown.faulty]
        missed = sorted(sown.faulty - rows)
        notes = (*(f"missed: {sown.stations[row]}" for row in missed), *map(str, strange))
        yield Figure(name, clean.name, len(sown.faulty), len(sown.faulty & rows), len(strange), notes)


def datum_figures(clean: CleanList, *, words: bool = True, draws: Mapping[int, int] = DRAWS) -> Iterator[Figure]:
    """Write a list in one datum and declare another, for every ordered pair, whole and in parts; and rightly.

    Without `words` the list has neither addresses nor townships, and its names say nothing.
    """
    stations = clean.stations if words else tuple(map(_wordless, clean.stations))
    kind = "" if words else ", roads alone"
    for size in draws:
        for written, declared in [*permutations(Datum, 2), *((datum, datum) for datum in Datum)]:
            likely = []
            random = Random(f"{size} {written} {declared}")
            for _ in range(draws[size]):
                drawn = random.sample(stations, min(size, len(stations)))
                rows = Rows.of(listed([misread(one, written, declared) for one in drawn]), declared)
                problems = check_datum(rows, clean.facts, datum=declared)
                likely.append(str(dict(problems[0].values)["likely_key"]) if problems else None)
            wrong = sum(one not in (None, written) or one == declared for one in likely)
            label = f"datum {written} as {declared}, {size} stations{kind}"
            if written == declared:
                yield Figure(label, clean.name, 0, 0, wrong)
            else:
                yield Figure(label, clean.name, len(likely), likely.count(written), wrong)


def _unexpected(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    return tuple(one for one in problems if dict(one.values).get("station_id") not in REALLY_TWICE)


def listed(stations: Sequence[Station]) -> tuple[ListedStation, ...]:
    """Return stations as the rows of a file."""
    return tuple(ListedStation(row, station, id_given=True) for row, station in enumerate(stations, FIRST_ROW))


def misread(station: Station, written: Datum, declared: Datum) -> Station:
    """Return a station whose coordinates were written in one datum and read in another."""
    lon, lat = (round(axis, 6) for axis in from_wgs84(station.lon, station.lat, written))
    here = to_wgs84(lon, lat, declared)
    return replace(station, lon=here[0], lat=here[1], source_lon=lon, source_lat=lat, source_datum=declared)


def _wordless(station: Station) -> Station:
    return replace(station, name=station.station_id, address=None, township=None)


def _station_of_row(row: dict[str, str]) -> Station:
    lon, lat = float(row["lon"]), float(row["lat"])
    gate = {name: float(row[name]) if row[name] else None for name in ("entrance_lon", "entrance_lat")}
    words = {name: row[name] or None for name in ("township", "address", "hours", "hours_text", "phone")}
    kind = StationKind(row["kind"])
    return Station(row["station_id"], row["name"], kind, lon, lat, lon, lat, Datum.WGS84, **words, **gate)  # type: ignore[arg-type]


def _at(station: Station, lon: float, lat: float) -> Station:
    """Return a station somewhere else; its gate does not go with it."""
    lon, lat = round(float(lon), 6), round(float(lat), 6)
    return replace(station, lon=lon, lat=lat, source_lon=lon, source_lat=lat, entrance_lon=None, entrance_lat=None)


def _shifted(station: Station, metres: float, random: Random) -> Station:
    angle = random.uniform(0, 2 * np.pi)
    up = metres * np.sin(angle) / 111_195
    along = metres * np.cos(angle) / (111_195 * np.cos(np.radians(station.lat)))
    return _at(station, station.lon + along, station.lat + up)


def _each(change: Callable[[Station, Random, int], Station | None]) -> Sower:
    """Return a sower that changes some stations of a list one by one."""

    def sow(clean: CleanList, random: Random) -> Sown | None:
        stations = list(clean.stations)
        chosen = random.sample(range(len(stations)), FAULTS_OF_A_KIND)
        for number, index in enumerate(chosen):
            changed = change(stations[index], random, number)
            if changed is None:
                return None
            stations[index] = changed
        return Sown(tuple(stations), frozenset(chosen))

    return sow


def _against_stored(change: Callable[[Station, Random, int], Station | None]) -> Sower:
    """Return the same for a list whose stations are stored as they were."""

    def sow(clean: CleanList, random: Random) -> Sown | None:
        sown = _each(change)(clean, random)
        return sown and replace(sown, stored=clean.stations)

    return sow


def _outside(station: Station, random: Random, number: int) -> Station:
    if number % 2:
        return _shifted(station, random.uniform(60_000, 900_000), random)
    return _at(station, station.lon + random.choice((-1, 1)), station.lat)  # a wrong digit


def _points(choose: Callable[[ListFacts, Random], tuple[float, float] | None]) -> Sower:
    """Return a sower that puts stations where `choose` finds a place."""

    def sow(clean: CleanList, random: Random) -> Sown | None:
        places = [choose(clean.facts, random) for _ in range(FAULTS_OF_A_KIND)]
        if None in places:
            return None
        spots = iter([place for place in places if place])
        return _each(lambda station, _random, _number: _at(station, *next(spots)))(clean, random)

    return sow


def _wet(facts: ListFacts, random: Random) -> tuple[float, float] | None:
    """Return a place in the water, 10 m or more from the shore and 30 m or more from a road."""
    for _ in range(3000 if facts.water else 0):
        body = random.choice(facts.water)
        west, south, east, north = body.bounds
        lon, lat = random.uniform(west, east), random.uniform(south, north)
        shore_m = body.boundary.distance(shapely.Point(lon, lat)) * 80_000
        dry = not body.contains(shapely.Point(lon, lat)) or shore_m < 10
        if not dry and facts.roads and road_gaps_m(facts.roads, np.array([lon]), np.array([lat]))[0] > 30:
            return lon, lat
    return None


def _off_road(facts: ListFacts, random: Random) -> tuple[float, float] | None:
    west, south, east, north = facts.boundary.bounds if facts.boundary else facts.profile.bounds
    for _ in range(3000):
        lon, lat = random.uniform(west, east), random.uniform(south, north)
        within = facts.boundary is None or facts.boundary.contains(shapely.Point(lon, lat))
        if within and facts.roads and np.isinf(road_gaps_m(facts.roads, np.array([lon]), np.array([lat]))[0]):
            return lon, lat
    return None


def _beyond_outline(facts: ListFacts, random: Random) -> tuple[float, float] | None:
    if facts.boundary is None:
        return None
    x, y = to_metres(*shapely.get_coordinates(facts.boundary.exterior).T, crs=facts.crs)
    outline = shapely.Polygon(np.column_stack([x, y]))
    west, south, east, north = outline.bounds
    for _ in range(3000):
        spot = shapely.Point(random.uniform(west, east), random.uniform(south, north))
        if spot.distance(outline) > 1100:
            lon, lat = to_degrees([spot.x], [spot.y], crs=facts.crs)
            return float(lon[0]), float(lat[0])
    return None


def _wrong_township(*, in_address: bool) -> Sower:
    def sow(clean: CleanList, random: Random) -> Sown | None:
        townships = sorted({place.township for place in clean.facts.places if place.township})
        if not townships:
            return None

        def change(station: Station, random: Random, _number: int) -> Station:
            other = random.choice([one for one in townships if one != station.township])
            address = (station.address or "").replace(station.township or "", other)
            return replace(station, township=other, address=address if in_address else station.address)

        return _each(change)(clean, random)

    return sow


def _twins_in_list(clean: CleanList, random: Random) -> Sown:
    chosen = random.sample(range(len(clean.stations)), FAULTS_OF_A_KIND)
    twins = [_twin(clean.stations[index], random, number) for number, index in enumerate(chosen)]
    return Sown((*clean.stations, *twins), frozenset(range(len(clean.stations), len(clean.stations) + len(twins))))


def _twins_of_stored(clean: CleanList, random: Random) -> Sown:
    stations = list(clean.stations)
    chosen = random.sample(range(len(stations)), FAULTS_OF_A_KIND)
    for number, index in enumerate(chosen):
        stations[index] = _twin(stations[index], random, number)
    return Sown(tuple(stations), frozenset(chosen), clean.stations)


def _twin(station: Station, random: Random, number: int) -> Station:
    """Return the same station as somebody else would have written it, some way off; a common name stays in place."""
    name = station.name
    writings = (
        name,
        name.replace(" ", "").replace("·", ""),
        f"{station.township or ''}{name}",
        name.replace("村", "邨").replace("示例", "势力").replace("关", "官"),  # the same sounds
        f"{name}（旧）",
    )
    if "/" in name:  # what a place without a name is called
        return replace(_shifted(station, 0.3, random), station_id=f"new{number}")
    metres = (120.0, 60.0, 30.0, 40.0, 20.0)[number % 5]
    moved = _shifted(station, metres, random)
    return replace(moved, station_id=f"new{number}", name=writings[number % 5])


def _another_station(station: Station, random: Random, number: int) -> Station:
    return replace(
        _shifted(station, random.uniform(800, 3000), random), name=f"{'甲乙丙丁戊己庚辛壬癸'[number]}氏便民点"
    )


SOWERS: dict[str, Sower] = {
    "zero": _each(lambda station, _random, _number: _at(station, 0.0, 0.0)),
    "swapped": _each(lambda station, _random, _number: _at(station, station.lat, station.lon)),
    "outside": _each(_outside),
    "outline": _points(_beyond_outline),
    "water": _points(_wet),
    "off_roads": _points(_off_road),
    "township (column alone)": _wrong_township(in_address=False),
    "township (column and address)": _wrong_township(in_address=True),
    "duplicate": _twins_in_list,
    "duplicate_stored": _twins_of_stored,
    "id_reused": _against_stored(_another_station),
    "moved": _against_stored(lambda station, random, _number: _shifted(station, random.uniform(310, 3000), random)),
    "hours_clock": _each(lambda station, _r, n: replace(station, hours=None, hours_text=WRONG_CLOCKS[n % 5])),
    "hours_backwards": _each(lambda station, _r, n: replace(station, hours=None, hours_text=WRONG_WAY_ROUND[n % 5])),
    "hours_empty": _each(lambda station, _r, n: replace(station, hours=None, hours_text=SAME_TIME[n % 5])),
    "hours_never": _each(lambda station, _r, n: replace(station, hours=NEVER[n % 5], hours_text=None)),
    "hours_long": _each(
        lambda station, _r, n: replace(station, hours=TOO_LONG[n % 5][0], hours_text=TOO_LONG[n % 5][1])
    ),
    "phone": lambda clean, random: (
        _each(lambda station, _r, n: replace(station, phone=WRONG_PHONES[n]))(clean, random)
        if clean.name != "helsinki"
        else None
    ),
    "phone_zero": lambda clean, random: (
        _each(lambda station, _r, n: replace(station, phone=ZERO_LOST[n % 3]))(clean, random)
        if clean.name != "helsinki"
        else None
    ),
    "characters": _each(lambda station, _r, n: replace(station, **{RARE_IN[n % 3]: f"龙桥{RARE[n % 3]}站"})),
    "phone_abroad": lambda clean, random: (
        _each(lambda station, _r, n: replace(station, phone=("12", "+358 40 123 4567 8901 234", "ask")[n % 3]))(
            clean, random
        )
        if clean.name == "helsinki"
        else None
    ),
}


def main() -> int:
    """Print the table, and what was missed or wrongly flagged to the error stream."""
    with TemporaryDirectory() as made:
        sample = sample_list(Path(made) / "sample")
        lists = [sample, community_list(sample)]
        wordless = [sample]
        if real_data := os.environ.get("STATIONS_REAL_DATA"):
            lists.append(helsinki_list(Path(real_data).resolve(), Path(made)))
            wordless.append(futian_list(Path(real_data).resolve(), Path(made)))
        print("| check | list | sown | caught | wrongly flagged |\n|---|---|---|---|---|")  # noqa: T201
        for clean in lists:
            _print(figures_of(clean))
        for clean in lists[:2]:
            _print(datum_figures(clean))
        for clean in wordless:
            _print(datum_figures(clean, words=False))
    return 0


def _print(figures: Iterator[Figure]) -> None:
    for one in figures:
        print(f"| {one.check} | {one.list_name} | {one.sown} | {one.caught} | {one.wrongly} |", flush=True)  # noqa: T201
        for note in one.told:
            print(f"    {note}", file=sys.stderr)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
