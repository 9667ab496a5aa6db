"""The commands of `stations`: import, export, history, undo."""

from __future__ import annotations

import getpass
import sys
from argparse import Namespace
from collections.abc import Mapping
from datetime import date

from stations.cli.bar import draw_progress
from stations.cli.list_report import change_lines, history_table, report_lines
from stations.errors import InputError
from stations.loaders.region import read_profile
from stations.model.changes import TERMINAL, Authorship
from stations.model.keys import ClosureReason, Datum
from stations.model.listing import ListOptions
from stations.model.queries import read_key
from stations.services.build import build_region, station_store
from stations.services.list_export import export_all, export_stations
from stations.services.list_import import ListImport, import_stations
from stations.services.office import Office
from stations.settings import Settings
from stations.texts import say


def import_list(given: Namespace, settings: Settings, lang: str) -> None:
    """Bring a station list, or with `--dry-run` only tell what it would change."""
    office, said = Office(settings), _columns(given.map)
    options = ListOptions(
        datum=read_key(Datum, given.datum, name="--datum"),
        sheet=given.sheet,
        columns={**office.mappings.recall(given.source), **said} if given.source else said,
        source=given.source,
    )
    closing = read_key(ClosureReason, given.close_missing, name="--close-missing") if given.close_missing else None
    wanted = ListImport(
        given.file,
        options,
        dry_run=given.dry_run,
        good_rows_only=given.good_rows,
        sure=given.sure,
        close_missing=closing,
        left_out=frozenset(given.leave_out),
    )
    outcome = draw_progress(import_stations(wanted, settings, _author(given)), lang)
    lines = report_lines(outcome.report, lang)
    if given.dry_run:
        lines.append(say(lang, "listing.dry_run"))
    elif outcome.change is None:
        lines.append(say(lang, "listing.nothing_changed"))
    else:
        if options.source and options.columns:
            office.mappings.remember(options.source, options.columns)
        lines.append(say(lang, "listing.done", change=outcome.change.change_id, stations=outcome.change.stations))
    office.close()
    _print("\n".join(lines))
    if given.dry_run and outcome.report.rows_refused:
        raise InputError("listing.refused_rows", file=given.file.name, refused=outcome.report.rows_refused)


def export_list(given: Namespace, settings: Settings, lang: str) -> None:
    """Write the list as it stands, as it stood on a day, or everything of the region into a folder."""
    if given.all:
        if given.as_of:
            raise InputError("listing.all_as_of", field="--as-of")
        _print(say(lang, "listing.exported_all", files=", ".join(export_all(given.file, settings))))
        return
    as_of = _day(given.as_of) if given.as_of else None
    count = export_stations(given.file, settings, as_of=as_of, lang=lang)
    _print(say(lang, "cli.exported", count=count, file=given.file.name))


def history(given: Namespace, settings: Settings, lang: str) -> None:
    """Print the newest changes, those of one station, or one change field by field."""
    profile = read_profile(settings.region)
    zone = profile.time_zone
    with station_store(settings, profile) as store:
        if given.change is not None:
            change, stations = store.change(given.change)
            lines = [line for one in stations for line in change_lines(one, lang)]
            _print("\n".join([history_table([change], lang, time_zone=zone), *lines]))
        else:
            changes = store.changes(limit=given.limit, station_id=given.station)
            _print(history_table(changes, lang, time_zone=zone))


def undo(given: Namespace, settings: Settings, lang: str) -> None:
    """Take a whole change back, then publish the list."""
    profile = read_profile(settings.region)
    with station_store(settings, profile) as store:
        made = store.undo(given.change, authorship=_author(given), only_untouched=given.only_untouched)
    draw_progress(build_region(settings), lang)
    _print(say(lang, "listing.undone", change=given.change, new=made.change_id, stations=made.stations))


def author_here() -> str:
    """Return who sits at the terminal, as far as the machine has a name for it."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = ""
    return f"{TERMINAL}:{user}" if user else TERMINAL


def _author(given: Namespace) -> Authorship:
    return Authorship(author_here(), reason=given.reason)


def _columns(pairs: list[str]) -> Mapping[str, str]:
    for pair in pairs:
        if "=" not in pair:
            raise InputError("listing.map_form", field="--map", value=pair)
    return {theirs.strip(): ours.strip() for theirs, _, ours in (pair.rpartition("=") for pair in pairs)}


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError("listing.day_form", field="--as-of", value=text[:40]) from None


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")
