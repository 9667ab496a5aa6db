"""Find a place by what somebody types."""

from __future__ import annotations

from stations.model.station import NamedPlace
from stations.services.region import Region

MOST_PLACES = 10


def find_places(typed: str, region: Region, *, limit: int = MOST_PLACES) -> tuple[NamedPlace, ...]:
    """Return the communities and landmarks whose name holds `typed`; names that begin with it first, then shorter ones.

    An empty text finds nothing. Letter case does not count.
    """
    wanted = typed.strip().casefold()
    if not wanted:
        return ()
    hits = [place for place in region.places if wanted in place.name.casefold()]
    hits.sort(key=lambda place: (not place.name.casefold().startswith(wanted), len(place.name), place.name))
    return tuple(hits[:limit])
