"""Bring a station list: read it, check it, show what it would change, then change it in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from stations.errors import InputError, Problem, RefusedListError
from stations.loaders.collecting import collecting_paused
from stations.loaders.region import read_profile
from stations.loaders.station_list import read_station_list
from stations.model.changes import Authorship, Change, ChangeKind, ListComparison, StationChange
from stations.model.keys import ClosureReason
from stations.model.listing import MOST_BAD_SHARE, ListedStation, ListOptions, StationListing
from stations.model.progress import Progress
from stations.model.station import Station
from stations.services.build import one_builder, publish_stations, station_store
from stations.services.list_checks import ListFacts, check_listing, facts_of
from stations.services.list_match import match_stations, plain_name
from stations.services.region import road_folder
from stations.services.roads import build_roads, load_roads
from stations.settings import Settings
from stations.store.stations import StationStore, StoredList


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What a list holds and what bringing it would change.

    `listed` are the rows that can be used, with the ids they would have; `problems` all that was found by reading and
    by the checks, in the order of the rows.
    """

    listing: StationListing
    listed: tuple[ListedStation, ...]
    problems: tuple[Problem, ...]
    comparison: ListComparison

    @property
    def rows_refused(self) -> int:
        """How many rows cannot be used."""
        return self.listing.rows_read - len(self.listed)

    @property
    def doubts(self) -> tuple[str, ...]:
        """Why the whole file is to be asked about twice: ``many_bad``, ``datum``, ``datum_said``."""
        many = self.rows_refused > MOST_BAD_SHARE * self.listing.rows_read
        checks = {problem.check for problem in self.problems}
        return (*(("many_bad",) if many else ()), *(doubt for doubt in ("datum", "datum_said") if doubt in checks))


@dataclass(frozen=True, slots=True)
class ImportDecision:
    """What a person decided on a report.

    `good_rows_only` takes the good rows without the bad ones; `sure` answers the second question; `closings` says of
    missing stations why they are closed, `merged_into` which station took their place; `left_out` are the ids of
    stations whose rows are not taken this time.
    """

    good_rows_only: bool = False
    sure: bool = False
    closings: Mapping[str, ClosureReason] = field(default_factory=dict)
    merged_into: Mapping[str, str] = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ListImport:
    """A list to bring at the terminal; with `dry_run` only to look.

    `close_missing` closes every station that the list does not name; of `left_out` (ids) the rows are not taken.
    """

    path: Path
    options: ListOptions
    dry_run: bool = False
    good_rows_only: bool = False
    sure: bool = False
    close_missing: ClosureReason | None = None
    left_out: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """The report of a list and the change it became; `None` where nothing was to change or was only looked at."""

    report: ImportReport
    change: Change | None


def import_stations(
    wanted: ListImport, settings: Settings, authorship: Authorship
) -> Iterator[Progress | ImportOutcome]:
    """Check every row, store the list in one transaction, publish the new table; last comes what it did.

    Stations that are not in the file stay unless they are closed on purpose.

    Raises
    ------
    RefusedListError
        A row cannot be used (and the good ones were not asked for alone); nothing was stored.
    InputError
        The file is in doubt as a whole and nobody said to be sure.
    ConflictError
        Somebody changed a station of the list meanwhile.
    """
    profile = read_profile(settings.region)
    listing = read_station_list(wanted.path, options=wanted.options, bounds=profile.bounds)
    with station_store(settings, profile) as store, one_builder(settings, profile):
        yield from build_roads(profile, road_folder(settings, profile))
        roads = load_roads(profile, road_folder(settings, profile))
        report = check_import(listing, wanted.options, facts_of(profile, roads), store.read())
        if wanted.dry_run:
            yield ImportOutcome(report, None)
            return
        gone = report.comparison.missing if wanted.close_missing else ()
        decision = ImportDecision(
            good_rows_only=wanted.good_rows_only,
            sure=wanted.sure,
            closings={station.station_id: wanted.close_missing for station in gone if wanted.close_missing},
            left_out=wanted.left_out,
        )
        change = confirm_import(report, decision, store, replace(authorship, source=wanted.path.name))
        yield from publish_stations(settings, profile, roads, store)
    yield ImportOutcome(report, change)


def check_import(listing: StationListing, options: ListOptions, facts: ListFacts, stored: StoredList) -> ImportReport:
    """Return what is wrong in a list that was read, and what it would change in the stored one."""
    with collecting_paused():
        return _check(listing, options, facts, stored)


def _check(listing: StationListing, options: ListOptions, facts: ListFacts, stored: StoredList) -> ImportReport:
    matched = match_stations(listing, stored.stations)
    found = check_listing(matched, stored.stations, facts, datum=options.datum)
    refused = {_row_of(problem) for problem in found if problem.refuses}
    listed = tuple(row for row in matched if (row.sheet, row.row) not in refused)
    problems = sorted((*listing.problems, *found), key=lambda problem: (problem.row is not None, *_row_of(problem)))
    return ImportReport(listing, listed, tuple(problems), _compare(listed, matched, listing, stored))


def confirm_import(
    report: ImportReport, decision: ImportDecision, store: StationStore, authorship: Authorship
) -> Change | None:
    """Store what a report says, in one transaction; `None` where it changes nothing.

    Raises
    ------
    RefusedListError
        There are refused rows, and the good ones were not asked for alone.
    InputError
        The file is in doubt as a whole and nobody said to be sure; a closing names no missing station, or what is to be
        left out is not in the list.
    ConflictError
        Somebody changed a station of the list since it was compared.
    """
    bad = tuple(problem for problem in report.problems if problem.refuses)
    if report.rows_refused and not decision.good_rows_only:
        raise RefusedListError("list.refused", path=authorship.source, problems=bad)
    if report.doubts and not decision.sure:
        raise InputError(f"list.doubt_{report.doubts[0]}", refused=report.rows_refused, read=report.listing.rows_read)
    for unknown in decision.left_out - {row.station.station_id for row in report.listed}:
        raise InputError("list.not_listed", field="leave_out", value=unknown)
    closings = _closings(report.comparison.missing, decision)
    listed = (*report.comparison.added, *report.comparison.changed)
    changes = (*(change for change in listed if change.station_id not in decision.left_out), *closings)
    touched = {change.station_id for change in changes if change.before is not None}
    expected = {key: version for key, version in report.comparison.versions.items() if key in touched}
    with collecting_paused():
        return store.apply(changes, kind=ChangeKind.IMPORT, authorship=authorship, expected=expected)


def _compare(
    listed: Iterable[ListedStation], matched: Iterable[ListedStation], listing: StationListing, stored: StoredList
) -> ListComparison:
    before = {station.station_id: station for station in stored.stations}
    named = {row.station.station_id for row in matched}  # a row that was refused still names its station
    named |= listing.refused_ids
    unread = {plain_name(name) for name in listing.refused_names}
    gone = (one for key, one in before.items() if key not in named and plain_name(one.name) not in unread)
    changes = [StationChange(before.get(row.station.station_id), row.station, row.row) for row in listed]
    return ListComparison(
        added=tuple(change for change in changes if change.before is None),
        changed=tuple(change for change in changes if change.before is not None and change.fields),
        unchanged=sum(change.before == change.after for change in changes),
        missing=tuple(station for station in gone if station.closed is None),
        versions=stored.versions,
    )


def _closings(missing: Iterable[Station], decision: ImportDecision) -> list[StationChange]:
    open_ones = {station.station_id: station for station in missing}
    for wrong in decision.closings.keys() - open_ones.keys():
        raise InputError("list.not_missing", field="closings", value=wrong)
    return [
        StationChange(
            open_ones[key], replace(open_ones[key], closed=reason, merged_into=decision.merged_into.get(key) or None)
        )
        for key, reason in decision.closings.items()
    ]


def _row_of(problem: Problem) -> tuple[str, int]:
    return problem.sheet, problem.row or 0
