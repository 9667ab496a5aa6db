"""Station lists as people have them, in any file they come in, and as the program writes them.

Every row is checked, and everything that is wrong is told by row and column, in the words of the list's own header.
What `write_station_list` writes, `read_station_list` reads back unchanged (as WGS 84).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import closing
from functools import partial
from pathlib import Path

from stations.errors import FileError
from stations.loaders.collecting import collecting_paused
from stations.loaders.csv_rows import read_csv_table, read_pasted_table
from stations.loaders.list_reader import SAMPLE_COLUMN, ListReader, headings_known
from stations.loaders.list_writing import write_csv, write_geojson, write_geopackage, write_kml, write_xlsx
from stations.loaders.positions import Area
from stations.loaders.raw_tables import RawFile
from stations.loaders.sheets import SHEET_ENDINGS, read_sheets
from stations.loaders.vector_rows import read_geojson, read_geopackage, read_kml
from stations.model.listing import ListOptions, StationListing
from stations.model.station import Station

MARGIN_M = 5000.0
PASTED = "pasted"

Bounds = tuple[float, float, float, float]


def read_station_list(path: Path, *, options: ListOptions, bounds: Bounds) -> StationListing:
    """Read a station list and check every row of it.

    Parameters
    ----------
    path
        By its ending ``.xlsx .xlsm .xls .ods .et``, ``.geojson .json``, ``.gpkg``, ``.kml``, else a CSV (UTF-8 or
        GB18030). Features of the vector formats are counted from 1.
    options
        The datum of all its coordinates but the source's, the sheet, and what a person said of columns.
    bounds
        West, south, east, north of the region in WGS 84 degrees; a station may stand up to 5 km outside.

    Returns
    -------
    StationListing
        Stations in file order, in WGS 84. A list without a column of names or of coordinates has every row refused.

    Raises
    ------
    FileError
        The file is missing, empty, too large, damaged, not what its name says, or has no header of a station list.
    InputError
        `options` map a column to a field that there is not.
    """
    return _read_tables(_open(path, options), path, options, bounds)


def read_pasted_list(text: str, *, options: ListOptions, bounds: Bounds) -> StationListing:
    """Read a table that was pasted from a spreadsheet or typed; its first line is row 1.

    Parameters
    ----------
    text
        Lines of cells, set apart by tabs, commas or semicolons.
    options, bounds
        As for `read_station_list`.

    Raises
    ------
    FileError
        It is empty, or has no header of a station list; named after the source of `options`.
    InputError
        As for `read_station_list`.
    """
    path = Path(options.source or PASTED)
    if not text.strip():
        raise FileError("file.empty", path=path)
    raw = read_pasted_table(text, path=path, score=headings_known(options))
    return _read_tables(raw, path, options, bounds)


def write_station_list(path: Path, stations: Iterable[Station], *, sample: bool = False, lang: str = "zh") -> None:
    """Write `stations` in the format that the ending of `path` names; all coordinates are WGS 84.

    Parameters
    ----------
    path
        Ends in ``.csv`` (UTF-8 with byte order mark, which spreadsheets need), ``.xlsx``, ``.geojson``, ``.gpkg`` or
        ``.kml``.
    stations
        In the order in which they are written.
    sample
        Whether these are sample data; then every row says so (of GeoJSON the head).
    lang
        Of the headings and words of a workbook, which is for people; the other formats are for machines.

    Raises
    ------
    FileError
        Another ending, or the file cannot be written; what was there before stays.
    """
    writers: dict[str, Callable[..., None]] = {
        ".csv": write_csv,
        ".xlsx": partial(write_xlsx, lang=lang),
        ".geojson": write_geojson,
        ".gpkg": write_geopackage,
        ".kml": write_kml,
    }
    if path.suffix.lower() not in writers:
        raise FileError("file.ending", path=path, ending=path.suffix, allowed=", ".join(writers))
    writers[path.suffix.lower()](path, list(stations), sample_column=SAMPLE_COLUMN if sample else None)


def _open(path: Path, options: ListOptions) -> RawFile:
    ending = path.suffix.lower()
    if ending in SHEET_ENDINGS:
        return read_sheets(path, sheet=options.sheet)
    if ending in (".geojson", ".json"):
        return read_geojson(path, datum=options.datum)
    if ending == ".gpkg":
        return read_geopackage(path, layer=options.sheet, datum=options.datum)
    if ending == ".kml":
        return read_kml(path)
    return read_csv_table(path, score=headings_known(options))


def _read_tables(raw: RawFile, path: Path, options: ListOptions, bounds: Bounds) -> StationListing:
    reader = ListReader(path, options, Area.around(bounds, margin_m=MARGIN_M), several=len(raw.sheets) > 1)
    with closing(raw.tables), collecting_paused():
        for table in raw.tables:
            reader.take(table)
    return reader.listing(raw.sheets)
