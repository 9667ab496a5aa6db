"""Where demand is and how much."""

from __future__ import annotations

from pathlib import Path

from stations.errors import FileError, Problem, RefusedListError
from stations.loaders.csv_rows import CsvRows, Row, read_csv_rows, read_number
from stations.loaders.places import missing_columns, read_position, row_of
from stations.model.station import DemandPoint

PLACE_COLUMNS = ("demand_id", "name", "township", "lon", "lat")
WEIGHT_COLUMNS = ("weight", "residents")
MOST_WEIGHT = 1e12


def read_demand(path: Path) -> tuple[DemandPoint, ...]:
    """Read the CSV of demand points, ``demand_id,name,township,lon,lat,residents``, in file order.

    Parameters
    ----------
    path
        UTF-8 or GB18030; WGS 84 degrees. The weight is in the column `weight` or `residents`, else in the last
        column, whatever its name; what it counts is told by `[demand_counts]` of ``region.toml``.

    Raises
    ------
    FileError
        The file is missing, empty, has no rows, or is not such a list.
    RefusedListError
        Some rows are wrong; it bears all problems by row and column.
    """
    content = read_csv_rows(path, known=PLACE_COLUMNS)
    weight_column = _weight_column(content)
    missing = missing_columns(content, ("demand_id", "lon", "lat", weight_column))
    problems = [*missing, *content.problems]
    points: list[DemandPoint] = []
    first_rows: dict[str, int] = {}
    for row in content.rows if not missing else ():
        point, wrong = _read_point(row, weight_column, first_rows)
        points.append(point)
        problems.extend(wrong)
    if problems:
        raise RefusedListError("list.refused", path=path, problems=tuple(sorted(problems, key=row_of)))
    if not points:
        raise FileError("file.no_rows", path=path)
    return tuple(points)


def _weight_column(content: CsvRows) -> str:
    named = [column for column in WEIGHT_COLUMNS if column in content.columns]
    last = content.columns[-1]
    return named[0] if named else last if last and last not in PLACE_COLUMNS else WEIGHT_COLUMNS[0]


def _read_point(row: Row, weight_column: str, first_rows: dict[str, int]) -> tuple[DemandPoint, tuple[Problem, ...]]:
    lon, lat, problems = read_position(row)
    demand_id, weight = row.cells["demand_id"], read_number(row.cells[weight_column])
    if weight is None or not 0 <= weight <= MOST_WEIGHT:
        problems = (*problems, Problem("list.weight", row.number, weight_column, row.cells[weight_column]))
    if not demand_id:
        problems = (*problems, Problem("list.empty", row.number, "demand_id", ""))
    elif (first := first_rows.setdefault(demand_id, row.number)) != row.number:
        problems = (*problems, Problem("list.id_twice", row.number, "demand_id", demand_id, (("first", first),)))
    name, township = row.cells.get("name") or demand_id, row.cells.get("township") or None
    return DemandPoint(demand_id, name, township, lon, lat, weight or 0.0), problems
