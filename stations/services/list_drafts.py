"""Lists that were uploaded and not confirmed yet: kept in the database, checked anew whenever they are shown."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from stations.loaders.station_list import read_pasted_list, read_station_list
from stations.model.keys import Datum
from stations.model.listing import ListOptions, StationListing
from stations.services.list_checks import facts_of
from stations.services.list_import import ImportReport, check_import
from stations.services.region import Region
from stations.store.drafts import Draft
from stations.store.stations import StoredList

PASTED = "pasted"
"""The file name of a table that was pasted."""


def options_of(kept: Mapping[str, Any]) -> ListOptions:
    """Return the options that a draft keeps."""
    return ListOptions(
        datum=Datum(kept["datum"]), sheet=kept.get("sheet"), columns=kept["columns"], source=kept["source"]
    )


def keep_options(options: ListOptions) -> dict[str, Any]:
    """Return options as plain values for a draft to keep."""
    return {
        "datum": str(options.datum),
        "sheet": options.sheet,
        "columns": dict(options.columns),
        "source": options.source,
    }


def check_draft(draft: Draft, region: Region, stored: StoredList) -> ImportReport:
    """Read an uploaded list and return what is wrong in it and what it would change.

    Raises
    ------
    FileError
        The file cannot be read as a station list.
    """
    options = options_of(draft.options)
    listing = read_upload(draft.file_name, draft.content, options, region)
    return check_import(listing, options, facts_of(region.profile, region.roads), stored)


def read_upload(file_name: str, content: bytes, options: ListOptions, region: Region) -> StationListing:
    """Read what was uploaded, or pasted where it is named `PASTED`.

    Raises
    ------
    FileError
        It cannot be read as a station list.
    """
    bounds = region.profile.bounds
    if file_name == PASTED:
        return read_pasted_list(content.decode("utf-8"), options=options, bounds=bounds)
    with TemporaryDirectory() as folder:
        path = Path(folder) / Path(file_name).name
        path.write_bytes(content)
        return read_station_list(path, options=options, bounds=bounds)
