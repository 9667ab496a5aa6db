"""What those who work on the list share: one open database for each process, and the stores that stand on it."""

from __future__ import annotations

import threading
import weakref
from functools import cached_property

from stations.errors import StoreError
from stations.loaders.region import read_profile
from stations.model.station import Station
from stations.services.secret_key import secret_key
from stations.settings import Settings
from stations.store.accounts import AccountStore
from stations.store.database import Database, open_database
from stations.store.drafts import DraftStore
from stations.store.jobs import JobStore
from stations.store.mappings import MappingStore
from stations.store.scenarios import ScenarioStore
from stations.store.stations import StationStore


class Office:
    """The database of one process, opened when it is first asked for: a server starts, and goes on, without it.

    Safe to use from several threads; not to be carried over a fork once it was used. Every property raises
    `StoreError` when the database cannot be opened, and tries again the next time.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._lock = threading.Lock()
        self._database: Database | None = None

    @property
    def database(self) -> Database:
        """The open database."""
        with self._lock:
            if self._database is None:
                self._database = open_database(self.settings.database_url)
                weakref.finalize(self, self._database.close)  # who forgets an office leaves no connection behind
            return self._database

    @cached_property
    def region_id(self) -> str:
        """The id of the region that is worked on; raises `FileError` when its profile cannot be read."""
        return read_profile(self.settings.region).region_id

    @cached_property
    def secret_key(self) -> str:
        """The key of this installation; raises as the function of that name."""
        return secret_key(self.settings)

    @property
    def accounts(self) -> AccountStore:
        """Who may log in."""
        return AccountStore(self.database)

    @property
    def jobs(self) -> JobStore:
        """Long work of the region."""
        return JobStore(self.database, self.region_id)

    @property
    def drafts(self) -> DraftStore:
        """Files that were brought to the region and not yet confirmed."""
        return DraftStore(self.database, self.region_id)

    @property
    def mappings(self) -> MappingStore:
        """What columns of lists mean."""
        return MappingStore(self.database, self.region_id)

    @property
    def scenarios(self) -> ScenarioStore:
        """What planners saved."""
        return ScenarioStore(self.database, self.region_id)

    @property
    def stations(self) -> StationStore:
        """The stations of the region."""
        return StationStore(self.database, self.region_id)

    def close(self) -> None:
        """Close the database; it is opened again when it is asked for again."""
        with self._lock:
            if self._database is not None:
                self._database.close()
                self._database = None


def find_closed(station_id: str, office: Office) -> Station | None:
    """Return a station of the list that is closed; `None` where there is none, or the database does not answer."""
    try:
        stored = office.stations.read().stations
    except StoreError:
        return None
    return next((one for one in stored if one.station_id == station_id and one.closed is not None), None)
