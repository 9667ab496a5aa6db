"""What can be set from outside: rows of name, default and one line of help, read from the environment once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
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
    Setting(
        "STATIONS_SECRET_KEY",
        "",
        "Signs sessions, at least 32 characters; empty means made once into the instance folder.",
    ),
    Setting("STATIONS_INSTANCE", "instance", "Folder for what the program writes: database, roads, tables."),
    Setting(
        "STATIONS_LARGE_TABLE_MB", "500", "Travel-time tables above this size are announced before they are built."
    ),
    Setting(
        "STATIONS_PUBLIC_URL",
        "",
        "Address that QR codes and shared texts lead to, e.g. https://example.cn; empty means that of the request.",
    ),
    Setting(
        "STATIONS_TRUSTED_PROXIES",
        "0",
        "How many proxies in front may say who asks and by which address (X-Forwarded-For, -Proto, -Host).",
    ),
    Setting(
        "STATIONS_RATE_LIMIT",
        "240",
        "How many rider's lists one address may ask for within a minute, of each worker; 0 means any number.",
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
    given_secret_key: str = field(default="", repr=False)
    public_url: str = ""
    trusted_proxies: int = 0
    rate_limit: int = 240


def read_settings(environ: Mapping[str, str], *, region: Path | None = None) -> Settings:
    """Read the settings from `environ`; `region` (the command line's) wins over the variable.

    Relative folders are taken from the working directory, the bundled region and the instance folder from the
    project when nothing is set.

    Raises
    ------
    InputError
        A size or a count is not a number, or the public address is no http or https address.
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
        given_secret_key=given["STATIONS_SECRET_KEY"],
        public_url=_address(given["STATIONS_PUBLIC_URL"]),
        trusted_proxies=_whole("STATIONS_TRUSTED_PROXIES", given["STATIONS_TRUSTED_PROXIES"]),
        rate_limit=_whole("STATIONS_RATE_LIMIT", given["STATIONS_RATE_LIMIT"] or defaults["STATIONS_RATE_LIMIT"]),
    )


def _megabytes(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise InputError(
            "error.number", field="STATIONS_LARGE_TABLE_MB", name="STATIONS_LARGE_TABLE_MB", value=text
        ) from None


def _whole(name: str, text: str) -> int:
    if not text:
        return 0
    if not text.isascii() or not text.isdigit():
        raise InputError("error.number", field=name, name=name, value=text)
    return int(text)


def _address(text: str) -> str:
    if text and not text.startswith(("http://", "https://")):
        raise InputError("error.public_url", field="STATIONS_PUBLIC_URL", value=text)
    return text.rstrip("/")
