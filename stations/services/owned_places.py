"""The places that the district owns already, where a station could be: brought as a list, told, taken out again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from stations.errors import FileError, Problem, RefusedListError, UnknownThingError
from stations.loaders.demand import read_demand
from stations.loaders.demand_features import FEATURE_ENDINGS
from stations.loaders.places import read_places, write_places
from stations.loaders.region import read_profile
from stations.loaders.sheets import SHEET_ENDINGS
from stations.model.keys import Datum
from stations.model.region import RegionProfile
from stations.model.station import DemandPoint, NamedPlace
from stations.services.demand_layers import to_wgs84_points, with_townships
from stations.services.region import OWNED_FILE
from stations.settings import Settings

ENDINGS = (".csv", *SHEET_ENDINGS, *FEATURE_ENDINGS)
OWNED = "owned"


@dataclass(frozen=True, slots=True)
class BroughtPlaces:
    """How many places were brought, and what is to be told of them."""

    count: int
    notes: tuple[Problem, ...]


def import_owned(path: Path, datum: Datum, settings: Settings) -> BroughtPlaces:
    """Check a list of places and take it over in place of the one before.

    Parameters
    ----------
    path
        A CSV or workbook with a column of names, and of coordinates or names that ``places.csv`` knows; or points or
        cells of a GeoJSON, GeoPackage or Shapefile.
    datum
        Which earth the coordinates were written in.

    Raises
    ------
    FileError
        It cannot be read, or is no such list.
    RefusedListError
        A place has no name or no coordinates, lies outside the region, or has the name of another; told by row. The old
        list stays.
    """
    profile = read_profile(settings.region)
    if path.suffix.lower() not in ENDINGS:
        raise FileError("file.ending", path=path, ending=path.suffix or "–", allowed=", ".join(ENDINGS))
    places = profile.folder / "places.csv"
    known = read_places(places) if places.exists() else ()
    read = read_demand(path, places=known, weight=None)
    points, notes = with_townships(to_wgs84_points(read, datum), profile, known)
    problems = tuple(_problems(read, points, profile))
    if problems:
        raise RefusedListError("list.refused", path=path, problems=problems)
    owned = [NamedPlace(one.name, OWNED, one.township, one.lon, one.lat) for one in points]
    write_places(profile.folder / OWNED_FILE, owned)
    return BroughtPlaces(len(owned), notes)


def remove_owned(name: str, settings: Settings) -> None:
    """Take the places of a name out of the list.

    Raises
    ------
    UnknownThingError
        The list has no such place.
    """
    file = read_profile(settings.region).folder / OWNED_FILE
    owned = read_places(file) if file.exists() else ()
    left = [one for one in owned if one.name != name]
    if len(left) == len(owned):
        raise UnknownThingError("candidate.unknown", field="name", value=name[:40])
    if left:
        write_places(file, left)
    else:
        file.unlink()


def _problems(read: Sequence[DemandPoint], points: Sequence[DemandPoint], profile: RegionProfile) -> Iterator[Problem]:
    """Yield what is wrong with places, by the rows that they were read from."""
    west, south, east, north = profile.bounds
    first_rows: dict[tuple[str, str], int] = {}
    for source, point in zip(read, points, strict=True):
        row = int(source.demand_id)
        if not source.name:
            yield Problem("list.empty", row, "name", "")
            continue
        if not (west <= point.lon <= east and south <= point.lat <= north):
            where = (("lon", f"{point.lon:.5f}"), ("lat", f"{point.lat:.5f}"))
            yield Problem("candidate.outside", row, "lon", point.name, where)
        first = first_rows.setdefault((point.township or "", point.name), row)
        if first != row:
            yield Problem("candidate.name_twice", row, "name", point.name, (("first", first),))
