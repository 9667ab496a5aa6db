"""Take the station list out: as it stands, as it stood on a past day, or all that is known of the region."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from stations.errors import FileError, InputError
from stations.loaders.cells import plain_text_cell
from stations.loaders.region import read_profile
from stations.loaders.station_list import write_station_list
from stations.loaders.text_files import write_text
from stations.model.changes import Change, StationChange
from stations.model.region import RegionProfile
from stations.model.station import Station
from stations.services.build import station_store
from stations.services.region import own_files
from stations.settings import Settings
from stations.store.stations import StationStore

HISTORY_COLUMNS = (
    "change_id", "made_at", "author", "kind", "reason", "file", "row", "undoes",
    "station_id", "name", "field", "before", "after",
)  # fmt: skip
PAGE = 200


def export_stations(path: Path, settings: Settings, *, as_of: date | None = None, lang: str = "zh") -> int:
    """Write the list to `path` in the format of its ending, closed stations too; return how many it holds.

    Parameters
    ----------
    as_of
        The list at the end of that day (the region's time) instead of now.
    lang
        Of the words of a workbook.

    Raises
    ------
    FileError
        Another ending than the formats that can be written, or the file cannot be written.
    InputError
        The day has not come yet.
    """
    profile = read_profile(settings.region)
    with station_store(settings, profile) as store:
        stations = listed_on(store, profile, as_of)
    write_station_list(path, stations, sample=profile.sample, lang=lang)
    return len(stations)


def listed_on(store: StationStore, profile: RegionProfile, day: date | None) -> tuple[Station, ...]:
    """Return the list as it stands, or as it stood at the end of a day in the region's own time.

    Raises
    ------
    InputError
        The day has not come yet.
    """
    if day is None:
        return store.read().stations
    zone = ZoneInfo(profile.time_zone)
    if day > datetime.now(zone).date():
        raise InputError("list.day_to_come", field="as_of", value=day.isoformat())
    return store.as_of(datetime.combine(day + timedelta(days=1), time(), tzinfo=zone))


def export_all(folder: Path, settings: Settings) -> tuple[str, ...]:
    """Write all that is known of the region into a new folder, in open formats; return the names of the files.

    Raises
    ------
    FileError
        The folder holds something already, or cannot be written to.
    """
    profile = read_profile(settings.region)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise InputError("error.folder_taken", value=folder)
    except OSError as error:
        raise FileError("file.unwritable", path=folder, reason=error.strerror) from error
    with station_store(settings, profile) as store:
        stations = store.read().stations
        for name in ("stations.csv", "stations.geojson", "stations.gpkg"):
            write_station_list(folder / name, stations, sample=profile.sample)
        write_text(folder / "history.csv", "\ufeff" + _history_text(store))
    for file in own_files(profile):
        if file.is_file():
            shutil.copyfile(file, folder / file.name)
    return tuple(sorted(found.name for found in folder.iterdir()))


def _history_text(store: StationStore) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(HISTORY_COLUMNS)
    for change in _oldest_first(store):
        _, stations = store.change(change.change_id)
        for touched in stations:
            for name, before, after in _cells(touched):
                row = (*_head(change), touched.row, change.undoes, touched.station_id, touched.either.name)
                writer.writerow([plain_text_cell(_words(cell)) for cell in (*row, name, before, after)])
    return text.getvalue()


def _oldest_first(store: StationStore) -> Iterator[Change]:
    found: list[Change] = []
    while page := store.changes(limit=PAGE, before=found[-1].change_id if found else None):
        found += page
    yield from reversed(found)


def _head(change: Change) -> tuple[object, ...]:
    made_by = change.authorship
    return (
        change.change_id,
        change.made_at.isoformat(timespec="seconds"),
        made_by.author,
        change.kind,
        made_by.reason,
        made_by.source,
    )


def _cells(touched: StationChange) -> list[tuple[str, object, object]]:
    if touched.before is None:
        return [("", "", "new")]
    if touched.after is None:
        return [("", "", "gone")]
    return [(one.field, one.before, one.after) for one in touched.fields]


def _words(value: object) -> str:
    if value is None:
        return ""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else str(value)
