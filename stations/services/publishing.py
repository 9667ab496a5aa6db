"""Publish the list of a region again and again, in one process that keeps in memory what does not change between."""

from __future__ import annotations

from collections.abc import Iterator

from stations.errors import DamagedArtefactError
from stations.geo.kernels import warm_up
from stations.loaders.region import read_profile
from stations.model.progress import Progress
from stations.model.region import RegionProfile
from stations.services.build import build_region, one_builder, publish_stations
from stations.services.office import Office
from stations.services.region import road_folder, table_folder
from stations.services.roads import Roads, build_roads, load_roads, roads_fingerprint
from stations.store.table_files import published, read_bundle


class Workshop:
    """What a process that runs jobs keeps from one to the next: the open database and the roads; for one thread."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self._roads: Roads | None = None
        self._published_name: str | None = None
        self._published_generation: int | None = None

    def get_ready(self) -> None:
        """Do beforehand what would make the first job slow, where the region was built."""
        profile = read_profile(self.office.settings.region)
        if published(table_folder(self.office.settings, profile) / "current") is not None:
            warm_up()
            self.roads(profile)

    def roads(self, profile: RegionProfile) -> Roads:
        """Return the roads as `build_roads` left them, read once; raises as `load_roads` does."""
        if self._roads is None or self._roads.fingerprint != roads_fingerprint(profile):
            self._roads = load_roads(profile, road_folder(self.office.settings, profile))
        return self._roads

    def published_generation(self) -> int | None:
        """Return the generation of the list that workers see; `None` where none was published, or it is damaged."""
        folder = table_folder(self.office.settings, read_profile(self.office.settings.region))
        name = published(folder / "current")
        if name != self._published_name:
            self._published_generation = None
            if name is not None:
                try:
                    self._published_generation = read_bundle(folder / name)[1].get("generation")
                except (FileNotFoundError, DamagedArtefactError):
                    return None
            self._published_name = name
        return self._published_generation


def is_behind(shop: Workshop) -> int | None:
    """Return the generation of the stored list where workers see another one, `None` where they see that.

    Another, not an older one alone: the database may have been put back to an earlier day.

    Raises
    ------
    StoreError
        The database does not answer.
    """
    stored = shop.office.stations.generation()
    return stored if stored != shop.published_generation() else None


def publish_list(shop: Workshop) -> Iterator[Progress | dict[str, object]]:
    """Let every worker see the list as the database has it; last comes of which generation it is.

    Raises
    ------
    FileError
        A file of the region cannot be used.
    StoreError
        The database does not answer.
    """
    settings, store = shop.office.settings, shop.office.stations
    profile = read_profile(settings.region)
    if store.generation() == 0:
        yield from build_region(settings)  # which begins the list, too
    else:
        with one_builder(settings, profile):
            yield from build_roads(profile, road_folder(settings, profile))
            yield from publish_stations(settings, profile, shop.roads(profile), store)
    yield {"generation": shop.published_generation()}
