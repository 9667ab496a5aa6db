"""What can be set from outside: rows of name, default and one line of help, read from the environment once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from stations.errors import InputError

PROJECT_ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table of settings."""

    name: str
    default: str
    help: str


SETTINGS = (
    Setting("STATIONS_REGION", "data/yanzhou", "Folder of the region to serve."),
    Setting("STATIONS_DATABASE_URL", "", "SQLAlchemy URL; empty means SQLite in the instance folder."),
    Setting("STATIONS_INSTANCE", "instance", "Folder for what the program writes: database, roads, tables."),
    Setting(
        "STATIONS_LARGE_TABLE_MB", "500", "Travel-time tables above this size are announced before they are built."
    ),
    Setting("STATIONS_REAL_DATA", "", "Folder of real road files, for the tests marked real."),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings in force; folders are absolute."""

    region: Path
    database_url: str
    instance: Path
    large_table_mb: float
    real_data: Path | None


def read_settings(environ: Mapping[str, str], *, region: Path | None = None) -> Settings:
    """Read the settings from `environ`; `region` (the command line's) wins over the variable.

    Relative folders are taken from the working directory, the bundled region and the instance folder from the
    project when nothing is set.

    Raises
    ------
    InputError
        A size is not a number.
    """
    given = {row.name: environ.get(row.name, "") for row in SETTINGS}

    def folder(name: str, default: str) -> Path:
        return Path(given[name]).resolve() if given[name] else PROJECT_ROOT / default

    defaults = {row.name: row.default for row in SETTINGS}
    instance = folder("STATIONS_INSTANCE", defaults["STATIONS_INSTANCE"])
    return Settings(
        region=region.resolve() if region else folder("STATIONS_REGION", defaults["STATIONS_REGION"]),
        database_url=given["STATIONS_DATABASE_URL"] or f"sqlite:///{instance / 'stations.sqlite'}",
        instance=instance,
        large_table_mb=_megabytes(given["STATIONS_LARGE_TABLE_MB"] or defaults["STATIONS_LARGE_TABLE_MB"]),
        real_data=Path(given["STATIONS_REAL_DATA"]).resolve() if given["STATIONS_REAL_DATA"] else None,
    )


def _megabytes(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise InputError(
            "error.number", field="STATIONS_LARGE_TABLE_MB", name="STATIONS_LARGE_TABLE_MB", value=text
        ) from None
