"""Edit one station by form: read what was typed, keep what two people typed, and save it in one change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date

from stations.errors import ConflictError, InputError, Problem
from stations.geo.datum import from_wgs84
from stations.loaders.cells import read_date, read_number
from stations.loaders.csv_rows import Row
from stations.loaders.station_list import MARGIN_M
from stations.loaders.station_row import Area, read_station, write_station
from stations.model.changes import Authorship, Change, ChangeKind, FieldChange, StationChange
from stations.model.keys import ClosureReason, Datum
from stations.model.listing import ListedStation
from stations.model.region import RegionProfile
from stations.model.station import Station
from stations.services.list_checks import ListFacts, check_listing
from stations.services.list_match import next_id
from stations.store.stations import StationStore

_DOOR = ("lon", "lat")
_GATE = ("entrance_lon", "entrance_lat")
_POSITION = (*_DOOR, "source_lon", "source_lat", "source_datum")


@dataclass(frozen=True, slots=True)
class EditedStation:
    """What a form holds: the station it makes, or all that is wrong with it."""

    station: Station | None
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class MergedEdit:
    """Two people's edits of one station put together.

    `station` has what either changed, mine where both changed one field; `clashes` are those fields, `before` theirs
    and `after` mine; `theirs` all that the other one changed. `version` is the change at which the other's stands.
    """

    station: Station
    version: int
    theirs: tuple[FieldChange, ...]
    clashes: tuple[FieldChange, ...]


def read_edit(
    cells: Mapping[str, str],
    before: Station | None,
    profile: RegionProfile,
    *,
    stored: Sequence[Station],
    today: date,
    datum: Datum = Datum.WGS84,
) -> EditedStation:
    """Read a form whose fields are named as the columns of a station list.

    Parameters
    ----------
    before
        The station as it stood when the form was shown; `None` for a new one.
    stored
        All stations, of which one may take the place of this one.
    today
        No station has been verified after it.
    datum
        Which earth the coordinates that were typed are of; those that were left as they stood are WGS 84.
    """
    shown = {} if before is None else write_station(before)
    kept_door, kept_gate = (_is_kept(cells, shown, names) for names in (_DOOR, _GATE))
    typed = {name: value for name, value in cells.items() if name != "hours_text"}
    typed |= _as_typed(typed, _DOOR, datum) if kept_door else {}
    typed |= _as_typed(typed, _GATE, datum) if kept_gate else {}
    area = Area.around(profile.bounds, margin_m=MARGIN_M)
    station, problems = read_station(Row(1, typed), datum=datum, area=area, file_name="")
    wrong = (*problems, *_wrong_facts(cells, shown, stored, today))
    if station is None or any(problem.refuses for problem in wrong):
        return EditedStation(None, tuple(problem for problem in wrong if problem.refuses))
    changes: dict[str, object] = {}
    if before is not None:
        kept = ("station_id", "source", *(_POSITION if kept_door else ()), *(_GATE if kept_gate else ()))
        kept_words = ("hours_text",) if cells.get("hours", "") == shown["hours"] else ()
        changes = {name: getattr(before, name) for name in (*kept, *kept_words)}
    return EditedStation(replace(station, **changes), wrong)  # type: ignore[arg-type]  # by field names


def check_edit(
    station: Station, before: Station | None, stored: Sequence[Station], facts: ListFacts
) -> tuple[Problem, ...]:
    """Return what the checks of lists find in an edited station, without what they found in it before.

    Of a station that is closed, or as it was, nothing is asked.
    """
    if station == before or station.closed is not None:
        return ()
    if not station.station_id:
        station = replace(station, station_id=next_id([one.station_id for one in stored]))
    known = () if before is None else _checked(before, stored, facts)
    return tuple(problem for problem in _checked(station, stored, facts) if problem not in known)


def save_edit(
    station: Station, before: Station | None, version: int | None, store: StationStore, authorship: Authorship
) -> Change | None:
    """Store an edited station, or a new one under the next free id; `None` where nothing differs.

    Raises
    ------
    ConflictError
        Somebody changed the station since `version`; see `merge_edit`.
    InputError
        It is to be merged into a station that is not there, or into itself.
    """
    stored = store.read()
    ids = {one.station_id for one in stored.stations}
    if station.merged_into is not None and station.merged_into not in ids - {station.station_id}:
        raise InputError("list.merged_unknown", field="merged_into", value=station.merged_into)
    if before is None:
        station = replace(station, station_id=station.station_id or next_id(tuple(ids)))
    expected = {} if version is None else {station.station_id: version}
    return store.apply([StationChange(before, station)], kind=ChangeKind.EDIT, authorship=authorship, expected=expected)


def merge_edit(mine: Station, before: Station, store: StationStore) -> MergedEdit:
    """Put an edit that came second together with the one that came first.

    Raises
    ------
    ConflictError
        The station is not in the list any more.
    """
    stored = store.read()
    theirs = next((one for one in stored.stations if one.station_id == before.station_id), None)
    if theirs is None:
        raise ConflictError("history.station_gone", changed=(before.station_id,))
    names = [field.name for field in fields(Station)]
    my_names = {name for name in names if getattr(mine, name) != getattr(before, name)}
    changed = tuple(
        FieldChange(name, getattr(before, name), getattr(theirs, name))
        for name in names
        if getattr(theirs, name) != getattr(before, name)
    )
    clashes = tuple(
        FieldChange(one.field, one.after, getattr(mine, one.field))
        for one in changed
        if one.field in my_names and getattr(mine, one.field) != one.after
    )
    merged = replace(theirs, **{name: getattr(mine, name) for name in my_names})
    return MergedEdit(merged, stored.versions[before.station_id], changed, clashes)


def _is_kept(cells: Mapping[str, str], shown: Mapping[str, str], names: Sequence[str]) -> bool:
    """Whether a pair of coordinates stands in the form as it was shown."""
    return bool(shown.get(names[0])) and all(cells.get(name, "") == shown[name] for name in names)


def _as_typed(cells: Mapping[str, str], names: tuple[str, str], datum: Datum) -> dict[str, str]:
    """Return WGS 84 coordinates as they would stand in a form of `datum`, for the two pairs are read in one datum."""
    lon, lat = (read_number(cells[name]) for name in names)
    if lon is None or lat is None or datum is Datum.WGS84:
        return {}
    return dict(zip(names, map(repr, from_wgs84(lon, lat, datum)), strict=True))


def _wrong_facts(
    cells: Mapping[str, str], shown: Mapping[str, str], stored: Sequence[Station], today: date
) -> tuple[Problem, ...]:
    """Return what only a form is held to: a kind, no day to come, and a station that is there to be merged into."""
    wrong = []
    if not cells.get("kind"):
        wrong.append(Problem("list.empty", None, "kind", ""))
    verified_on = cells.get("verified_on", "")
    day = read_date(verified_on) if verified_on != shown.get("verified_on", "") else None
    if day is not None and day > today:
        wrong.append(Problem("list.day_to_come", None, "verified_on", verified_on))
    closed, into = cells.get("closed", ""), cells.get("merged_into", "")
    if (closed, into) != (shown.get("closed", ""), shown.get("merged_into", "")):
        wrong.extend(check_merged(cells.get("station_id", ""), closed, into, stored))
    return tuple(wrong)


def check_merged(station_id: str, closed: str, into: str, stored: Sequence[Station]) -> tuple[Problem, ...]:
    """Return what is wrong with the station that another is merged into: it must be there, open, and another one."""
    if not into:
        missing = Problem("manage.merged_missing", None, "merged_into", "")
        return (missing,) if closed == ClosureReason.MERGED else ()
    taking = {one.station_id for one in stored if one.closed is None} - {station_id}
    return () if into in taking else (Problem("manage.merged_unknown", None, "merged_into", into),)


def _checked(station: Station, stored: Sequence[Station], facts: ListFacts) -> tuple[Problem, ...]:
    """Return what the checks find in one station; the datum cannot be told from one."""
    listed = ListedStation(row=1, station=station, id_given=True)
    found = check_listing([listed], stored, facts, datum=Datum.WGS84)
    return tuple(problem for problem in found if problem.check != "datum")
