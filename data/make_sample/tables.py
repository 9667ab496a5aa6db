"""Writes the tables and the description of the region."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from data.make_sample.facts import MADE_FOR
from data.make_sample.landmarks import Place
from data.make_sample.people import Settlement
from data.make_sample.plane import Point, to_degrees
from data.make_sample.rider_demand import DemandPlace
from data.make_sample.station_list import COLUMNS

REGION_TEMPLATE = Path(__file__).parent / "region.template.toml"


def write_region(path: Path, outline_degrees: Sequence[Point]) -> None:
    """Write `region.toml`; the bounds are those of the boundary file."""
    lons, lats = [point[0] for point in outline_degrees], [point[1] for point in outline_degrees]
    text = REGION_TEMPLATE.read_text(encoding="utf-8").replace("MADE_FOR", MADE_FOR)
    bounds = {"WEST": min(lons), "SOUTH": min(lats), "EAST": max(lons), "NORTH": max(lats)}
    for edge, degrees in bounds.items():
        text = text.replace(edge, str(degrees))
    path.write_text(text, encoding="utf-8", newline="\n")


def write_stations(path: Path, rows: Sequence[Mapping[str, str]]) -> None:
    """Write `stations.csv`."""
    _write(path, COLUMNS, [[row[column] for column in COLUMNS] for row in rows])


def write_demand(path: Path, settlements: Sequence[Settlement]) -> None:
    """Write `demand.csv`; WGS 84 degrees with six decimals."""
    rows = [
        [f"d{number:05d}", place.community.name, place.community.township, *_degrees(place.at), str(place.residents)]
        for number, place in enumerate(settlements, start=1)
    ]
    _write(path, ["demand_id", "name", "township", "lon", "lat", "residents"], rows)


def write_layer(path: Path, places: Sequence[DemandPlace]) -> None:
    """Write a further layer of demand; WGS 84 degrees with six decimals."""
    rows = [
        [str(number), place.name, place.community.township, *_degrees(place.at), str(place.weight)]
        for number, place in enumerate(places, start=1)
    ]
    _write(path, ["demand_id", "name", "township", "lon", "lat", "weight"], rows)


def write_places(path: Path, places: Sequence[Place]) -> None:
    """Write `places.csv`; WGS 84 degrees with six decimals."""
    rows = [[place.name, place.category, place.township, *_degrees(place.at)] for place in places]
    _write(path, ["name", "category", "township", "lon", "lat"], rows)


def _degrees(at: Point) -> list[str]:
    return [f"{degrees:.6f}" for degrees in to_degrees(at, 6)]


def _write(path: Path, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
