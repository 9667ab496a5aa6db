"""One function for each command: ask one service and print what it answers."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from datetime import datetime
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from stations.cli.bar import draw_progress
from stations.cli.tables import calibration_table, nearest_table
from stations.errors import InputError
from stations.loaders.trips import read_trips
from stations.model.keys import Datum, EntryMethod, Need, ServiceKey, TravelMode
from stations.model.queries import NearestQuery, Place, read_key, read_moment
from stations.model.region import RegionProfile
from stations.services.build import build_region, report_build
from stations.services.calibrate import calibrate as compare_trips
from stations.services.create import NewRegion
from stations.services.create import create_region as make_region
from stations.services.create import import_roads as bring_roads
from stations.services.geojson import nearest_collection
from stations.services.nearest import find_nearest
from stations.services.region import Region, load_region
from stations.settings import Settings
from stations.texts import say


class Serve(Protocol):
    """Starts the web server and returns when it has stopped."""

    def __call__(
        self, settings: Settings, *, lang: str, host: str, port: int, workers: int, cert: Path | None, key: Path | None
    ) -> None:
        """Serve the region of `settings`."""


def serve(given: Namespace, settings: Settings, lang: str, start: Serve) -> None:
    """Build what is missing, then serve."""
    open_region(settings, lang)  # what cannot be read is told here, rather than by workers that fail one after another
    start(settings, lang=lang, host=given.host, port=given.port, workers=given.workers, cert=given.cert, key=given.key)


def build(_given: Namespace, settings: Settings, lang: str) -> None:
    """Build what is missing and report what lies off the roads."""
    draw_progress(build_region(settings), lang)
    report = report_build(settings)
    print_text(say(lang, "cli.built", stations=report.stations))
    for mode, off in report.stations_off.items():
        share = report.demand_off_share[mode]
        print_text(
            say(
                lang,
                "cli.built_mode",
                mode=say(lang, f"mode.{mode}"),
                stations_off=f"{len(off) / report.stations:.1%}" if report.stations else "–",
                demand_off="–" if share is None else f"{share:.2%}",
                loose=f"{report.nodes_off_main_share[mode]:.2%}",
            )
        )
        if off:
            print_text(
                "  "
                + say(lang, "cli.stations_off", listed=", ".join(_off_words(*one) for one in off[:20]), count=len(off))
            )


def _off_words(station_id: str, metres: float | None) -> str:
    return station_id if metres is None else f"{station_id} ({metres:.0f} m)"


def create_region(given: Namespace, _settings: Settings, lang: str) -> None:
    """Make a region of one's own."""
    new = NewRegion(
        folder=given.folder,
        name=given.name,
        roads=given.roads,
        stations=given.stations,
        datum=read_key(Datum, given.datum, name="--datum") if given.datum else None,
        stations_from_osm=given.stations_from_osm,
        road_columns=_columns(given.road_column),
        time_zone=given.time_zone,
    )
    draw_progress(make_region(new), lang)
    print_text(say(lang, "cli.created", folder=given.folder))


def import_roads(given: Namespace, settings: Settings, lang: str) -> None:
    """Replace the roads of the region, then build."""
    draw_progress(bring_roads(given.file, settings, columns=dict(_columns(given.road_column))), lang)
    build(given, settings, lang)


def nearest(given: Namespace, settings: Settings, lang: str) -> None:
    """Print the stations that can be used soonest."""
    region = open_region(settings, lang)
    query = NearestQuery(
        origin=Place(read_number(given.lon, "--lon"), read_number(given.lat, "--lat")),
        mode=read_mode(given, region.profile),
        when=read_when(given, region.profile) or datetime.now(ZoneInfo(region.profile.time_zone)),
        needs=tuple(read_key(Need, text, name="--need") for text in given.need),
        services=tuple(read_key(ServiceKey, text, name="--service") for text in given.service),
        entries=tuple(read_key(EntryMethod, text, name="--entry") for text in given.entry),
        open_on_arrival=given.open_on_arrival,
        always_open=given.always_open,
        limit=read_whole(given.limit, "--limit"),
        no_registration=given.no_registration,
        budget_min=read_number(given.budget_min, "--budget-min") if given.budget_min else None,
        next_stop=_next_stop(given),
    )
    answer = find_nearest(query, region)
    if given.json:
        print_json(nearest_collection(answer, region.profile))
    else:
        print_text(nearest_table(answer, region.profile, lang))


def calibrate(given: Namespace, settings: Settings, lang: str) -> None:
    """Print how the travel times compare with timed trips; a check, which changes no setting."""
    trips = read_trips(given.file)
    region = open_region(settings, lang)
    print_text(calibration_table(compare_trips(trips, region), region.profile, lang, file=given.file.name))


def open_region(settings: Settings, lang: str) -> Region:
    """Return the region, built where something was missing."""
    draw_progress(build_region(settings), lang)
    return load_region(settings)


def read_mode(given: Namespace, profile: RegionProfile) -> TravelMode:
    """Return the travel mode, one of the region's."""
    mode = read_key(TravelMode, given.mode, name="--mode")
    if mode not in profile.modes:
        allowed = ", ".join(profile.modes)
        raise InputError("error.not_one_of", field="mode", name="--mode", value=mode, allowed=allowed)
    return mode


def read_when(given: Namespace, profile: RegionProfile) -> datetime | None:
    """Return the moment asked about, `None` where none is named."""
    return read_moment(given.when, time_zone=profile.time_zone) if given.when else None


def _next_stop(given: Namespace) -> Place | None:
    if not (given.next_lon or given.next_lat):
        return None
    for value, name in ((given.next_lon, "--next-lon"), (given.next_lat, "--next-lat")):
        if not value:
            raise InputError("error.missing", field=name, name=name)
    return Place(read_number(given.next_lon, "--next-lon"), read_number(given.next_lat, "--next-lat"))


def read_number(text: str, name: str) -> float:
    """Return the number of an option; raises `InputError`."""
    try:
        return float(text)
    except ValueError:
        raise InputError("error.number", field=name, name=name, value=text[:40]) from None


def read_whole(text: str, name: str) -> int:
    """Return the whole number of an option; raises `InputError`."""
    try:
        return int(text)
    except ValueError:
        raise InputError("error.number", field=name, name=name, value=text[:40]) from None


def _columns(pairs: list[str]) -> tuple[tuple[str, str], ...]:
    for pair in pairs:
        if "=" not in pair:
            raise InputError("error.road_column", field="--road-column", value=pair)
    return tuple((ours, theirs) for ours, _, theirs in (pair.partition("=") for pair in pairs))


def write_out(path: Path, text: str) -> None:
    """Write a file that was asked for; raises `InputError`."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError("error.cannot_write", field="out", file=path.name, why=error.strerror) from None


def print_text(text: str) -> None:
    """Print to the terminal."""
    sys.stdout.write(text + "\n")


def print_json(content: object) -> None:
    """Print JSON to the terminal."""
    print_text(json.dumps(content, ensure_ascii=False, indent=1))
