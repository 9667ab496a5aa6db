"""`region.toml`: what a region says of itself, every key of it checked."""

from __future__ import annotations

import json
import math
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from stations.errors import FileError
from stations.loaders.text_files import read_text, write_text
from stations.model.keys import TravelMode
from stations.model.region import FIRST_LAYER, DemandLayer, ModeProfile, RegionProfile

FILE_NAME = "region.toml"
LANGUAGES = ("zh", "en")
WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")

LAYER_YEAR = re.compile(r"(19|20)[0-9]{2}")
LAYER_NAME = re.compile(r"[\w-]{1,40}")
_PLAIN_FILE = re.compile(r"[\w][\w.-]{0,79}\.csv")
_ID = re.compile(r"[a-z0-9_-]{1,40}")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_PLAIN_KEYS = (
    "region_id",
    "sample",
    "time_zone",
    "bounds",
    "snap_limit_m",
    "holiday_calendar",
    "country",
    "makeup_weekday",
    "roads_file",
)
_TABLES = ("demand_counts", "layers", "names", "dates", "sources", "modes", "road_columns", "print")
_PRINT_KEYS = ("review_number", "issuer", "valid_until")
_MODE_KEYS = ("speed_kmh", "parking_s", "limit_min", "traffic_factor", "class_speeds_kmh", "measured")


def read_profile(folder: Path) -> RegionProfile:
    """Read and check the ``region.toml`` of a region's folder.

    Parameters
    ----------
    folder
        The region; `RegionProfile.folder` is this, as given.

    Raises
    ------
    FileError
        The file is missing or not TOML, or one of its keys is missing, unknown or has a value that cannot be:
        the sentence names file, key and value.
    """
    path = folder / FILE_NAME
    try:
        content = tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise FileError("file.not_toml", path=path, reason=str(error)) from error
    top = _Table(path, "", content)
    top.only((*_PLAIN_KEYS, *_TABLES))
    return RegionProfile(
        region_id=top.matching("region_id", _ID, "file.region_id"),
        folder=folder,
        names=top.table("names").texts(required=LANGUAGES),
        time_zone=_time_zone(top),
        bounds=_bounds(top),
        modes=_modes(top),
        sample=top.flag("sample", default=False),
        snap_limit_m=top.positive("snap_limit_m", default=250.0),
        holiday_calendar=top.text("holiday_calendar", default=""),
        country=top.text("country", default=""),
        makeup_weekday=_weekday(top),
        roads_file=top.text("roads_file", default="roads.osm.pbf"),
        road_columns=top.table("road_columns").texts(),
        dates=top.table("dates").texts(),
        sources={file: top.table("sources").table(file).texts() for file in top.table("sources").values},
        demand_counts=top.table("demand_counts").texts(),
        layers={name: _layer(name, top.table("layers")) for name in top.table("layers").values},
        prints=_prints(top.table("print")),
    )


def write_profile(folder: Path, profile: RegionProfile) -> None:
    """Write `profile` as the ``region.toml`` of `folder`; `read_profile` gives the same back.

    Raises
    ------
    FileError
        The folder is missing or cannot be written to.
    """
    west, south, east, north = profile.bounds
    lines = [
        f"region_id = {_quoted(profile.region_id)}",
        f"sample = {'true' if profile.sample else 'false'}",
        f"time_zone = {_quoted(profile.time_zone)}",
        f"bounds = [{west!r}, {south!r}, {east!r}, {north!r}]",
        f"snap_limit_m = {profile.snap_limit_m!r}",
        f"holiday_calendar = {_quoted(profile.holiday_calendar)}",
        f"country = {_quoted(profile.country)}",
        f"makeup_weekday = {_quoted(WEEKDAYS[profile.makeup_weekday])}",
        f"roads_file = {_quoted(profile.roads_file)}",
        *_text_table("names", profile.names),
        *_text_table("demand_counts", profile.demand_counts),
        *_text_table("dates", profile.dates),
        *_text_table("print", profile.prints),
    ]
    for layer in profile.layers.values():
        lines.extend(_layer_lines(layer))
    for file, words in profile.sources.items():
        lines.extend(_text_table(f"sources.{_key(file)}", words))
    for mode in profile.modes.values():
        lines.extend(_mode_lines(mode))
    lines.extend(_text_table("road_columns", profile.road_columns))
    write_text(folder / FILE_NAME, "\n".join(lines) + "\n")


@dataclass(frozen=True, slots=True)
class _Table:
    """One table of a TOML file; `prefix` is what stands before its keys when they are named to people."""

    path: Path
    prefix: str
    values: Mapping[str, object]

    def wrong(self, key: str, name: str, **more: object) -> FileError:
        return FileError(key, path=self.path, name=self.prefix + name, value=self.values.get(name), **more)

    def only(self, names: Iterable[str]) -> None:
        allowed = tuple(names)
        for name in self.values:
            if name not in allowed:
                raise self.wrong("file.key_unknown", name, allowed=", ".join(allowed))

    def has(self, name: str) -> object:
        if name not in self.values:
            raise self.wrong("file.key_missing", name)
        return self.values[name]

    def table(self, name: str) -> _Table:
        value = self.values.get(name, {})
        if not isinstance(value, dict):
            raise self.wrong("file.key_not_table", name)
        return _Table(self.path, f"{self.prefix}{name}.", value)

    def text(self, name: str, *, default: str | None = None) -> str:
        value = default if default is not None and name not in self.values else self.has(name)
        if not isinstance(value, str):
            raise self.wrong("file.key_not_text", name)
        return value

    def texts(self, *, required: tuple[str, ...] = ()) -> dict[str, str]:
        for name in required:
            self.has(name)
        dates = {name: value.isoformat() for name, value in self.values.items() if isinstance(value, date)}
        return {name: dates[name] if name in dates else self.text(name) for name in self.values}

    def matching(self, name: str, pattern: re.Pattern[str], key: str) -> str:
        if not pattern.fullmatch(self.text(name)):
            raise self.wrong(key, name)
        return self.text(name)

    def flag(self, name: str, *, default: bool) -> bool:
        value = self.values.get(name, default)
        if not isinstance(value, bool):
            raise self.wrong("file.key_not_flag", name)
        return value

    def number(self, name: str, *, default: float | None = None) -> float:
        value = default if default is not None and name not in self.values else self.has(name)
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise self.wrong("file.key_not_number", name)
        return value

    def positive(self, name: str, *, default: float | None = None) -> float:
        value = float(self.number(name, default=default))
        if value <= 0:
            raise self.wrong("file.key_not_positive", name)
        return value

    def whole(self, name: str, *, default: int, least: int) -> int:
        value = self.number(name, default=default)
        if not isinstance(value, int) or value < least:
            raise self.wrong("file.key_not_whole", name, least=least)
        return value


def _time_zone(top: _Table) -> str:
    name = top.text("time_zone")
    try:
        ZoneInfo(name)
    except (LookupError, ValueError, OSError):  # unknown; a path; the name of a folder of zones
        raise top.wrong("file.time_zone", "time_zone") from None
    return name


def _prints(table: _Table) -> dict[str, str]:
    table.only(_PRINT_KEYS)
    found = table.texts()
    if "valid_until" in found:
        try:
            date.fromisoformat(found["valid_until"])
        except ValueError:
            raise table.wrong("file.key_not_day", "valid_until") from None
    return found


def _bounds(top: _Table) -> tuple[float, float, float, float]:
    value = top.has("bounds")
    if not isinstance(value, list) or len(value) != 4:
        raise top.wrong("file.bounds", "bounds")
    if not all(isinstance(side, int | float) and not isinstance(side, bool) for side in value):
        raise top.wrong("file.bounds", "bounds")
    west, south, east, north = map(float, value)
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):  # refuses not-a-number too
        raise top.wrong("file.bounds", "bounds")
    return west, south, east, north


def _layer(name: str, layers: _Table) -> DemandLayer:
    if name == FIRST_LAYER or not LAYER_NAME.fullmatch(name):
        raise FileError("file.layer_name", path=layers.path, name=name, taken=FIRST_LAYER)
    table = layers.table(name)
    table.only(("file", "unit", "year", "source"))
    file = table.text("file")
    if not _PLAIN_FILE.fullmatch(file):
        raise table.wrong("file.layer_file", "file")
    year = table.text("year", default="")
    return DemandLayer(name, file, table.table("unit").texts(), year, table.table("source").texts())


def _layer_lines(layer: DemandLayer) -> list[str]:
    name = f"layers.{_key(layer.name)}"
    lines = ["", f"[{name}]", f"file = {_quoted(layer.file)}", f"year = {_quoted(layer.year)}"]
    return [*lines, *_text_table(f"{name}.unit", layer.unit), *_text_table(f"{name}.source", layer.source)]


def _weekday(top: _Table) -> int:
    name = top.text("makeup_weekday", default=WEEKDAYS[0])
    if name not in WEEKDAYS:
        raise top.wrong("file.weekday", "makeup_weekday", allowed=", ".join(WEEKDAYS))
    return WEEKDAYS.index(name)


def _modes(top: _Table) -> dict[TravelMode, ModeProfile]:
    top.has("modes")
    modes = top.table("modes")
    modes.only(TravelMode)
    if not modes.values:
        raise top.wrong("file.key_missing", "modes")
    return {mode: _mode(mode, modes.table(mode)) for mode in TravelMode if mode in modes.values}


def _mode(mode: TravelMode, table: _Table) -> ModeProfile:
    table.only(_MODE_KEYS)
    classes = table.table("class_speeds_kmh")
    return ModeProfile(
        mode=mode,
        speed_kmh=table.positive("speed_kmh"),
        parking_s=table.whole("parking_s", default=0, least=0),
        traffic_factor=table.positive("traffic_factor", default=1.0),
        class_speeds_kmh={name: classes.positive(name) for name in classes.values},
        limit_min=table.whole("limit_min", default=35, least=1),
        measured=table.text("measured", default="").strip(),
    )


def _mode_lines(mode: ModeProfile) -> list[str]:
    lines = [
        "",
        f"[modes.{mode.mode}]",
        f"speed_kmh = {mode.speed_kmh!r}",
        f"parking_s = {mode.parking_s}",
        f"limit_min = {mode.limit_min}",
        f"traffic_factor = {mode.traffic_factor!r}",
    ]
    if mode.measured:
        lines.append(f"measured = {_quoted(mode.measured)}")
    if mode.class_speeds_kmh:
        lines.extend(["", f"[modes.{mode.mode}.class_speeds_kmh]"])
        lines.extend(f"{_key(name)} = {speed!r}" for name, speed in mode.class_speeds_kmh.items())
    return lines


def _text_table(name: str, words: Mapping[str, str]) -> list[str]:
    if not words:
        return []
    return ["", f"[{name}]", *(f"{_key(key)} = {_quoted(text)}" for key, text in words.items())]


def _key(name: str) -> str:
    return name if _BARE_KEY.fullmatch(name) else _quoted(name)


def _quoted(text: str) -> str:
    # A JSON string is a TOML basic string but for DEL, which TOML wants escaped.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
