"""In which datum a list of coordinates was written, by how well it fits what is known of the ground.

Method: a likelihood ratio. Coordinates are read in each datum in turn. Read rightly, places lie near roads, near the
road or the community that their own words name, and among communities of their township; read wrongly, they lie
anywhere. Distances of the right reading are taken as exponential with a share of outliers (an even spread up to a
reach), which bounds what one place can say: a wrong address or a lonely farm cannot outvote the others. The constants
are assumptions, not fitted; the rule on top of them (enough places, a clear majority of those that tell the datums
apart, odds of a thousand to one) is what keeps weak evidence from becoming an answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stations.geo.nearest import EARTH_RADIUS_M
from stations.model.keys import Datum

FEWEST_PLACES = 8
"""Fewer places say nothing of their datum."""
FEWEST_TELLING = 5
LEAST_MAJORITY = 2 / 3
LEAST_EVIDENCE = 7.0
"""Natural logarithm of the odds against the declared datum: about 1,100 to 1."""
LEAST_LEAD = 3.0
"""The same against the third datum: about 20 to 1."""
TELLING = 1.0
"""A place tells two datums apart when it makes one of them e times likelier."""

_OUTLIERS = 0.1
_ROAD_SCALE_M, _ROAD_REACH_M = 25.0, 250.0
_NAMED_ROAD_SCALE_M, _NAMED_ROAD_REACH_M = 40.0, 1500.0
_NAMED_PLACE_SCALE_M, _NAMED_PLACE_REACH_M = 300.0, 3000.0

Metres = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class GroundEvidence:
    """How K places lie when their coordinates are read in one datum; nan is unknown, in any of the arrays.

    Attributes
    ----------
    road_m
        Metres to the nearest road, float64 (K,); inf where there is none near.
    named_road_m
        Metres to the road that the place's address names.
    named_place_m
        Metres to the community that its name or address names.
    in_township
        1 where the nearest community is of the place's township, 0 where it is of another.
    """

    road_m: Metres
    named_road_m: Metres
    named_place_m: Metres
    in_township: NDArray[np.float64]

    def log_likelihood(self) -> NDArray[np.float64]:
        """Return how well each place fits, as the logarithm of a density; what is unknown adds nothing."""
        agreement = np.where(self.in_township > 0.5, 1 - _OUTLIERS, _OUTLIERS)
        return np.asarray(
            _log_density(self.road_m, scale_m=_ROAD_SCALE_M, reach_m=_ROAD_REACH_M)
            + _log_density(self.named_road_m, scale_m=_NAMED_ROAD_SCALE_M, reach_m=_NAMED_ROAD_REACH_M)
            + _log_density(self.named_place_m, scale_m=_NAMED_PLACE_SCALE_M, reach_m=_NAMED_PLACE_REACH_M)
            + np.where(np.isnan(self.in_township), 0.0, np.log(agreement))
        )


@dataclass(frozen=True, slots=True)
class DatumFit:
    """Another datum than the declared one fits a list better.

    Attributes
    ----------
    likely
        The datum it fits.
    agreeing, telling
        Of the places that tell the two datums apart (`telling`), how many fit the likely one better.
    evidence
        Natural logarithm of the odds for the likely datum against the declared one.
    """

    likely: Datum
    agreeing: int
    telling: int
    evidence: float


def fit_datum(evidence: Mapping[Datum, GroundEvidence], *, declared: Datum) -> DatumFit | None:
    """Return the datum that a list was written in where that clearly is not the declared one.

    Parameters
    ----------
    evidence
        The same K places read in each datum.

    Returns
    -------
    DatumFit or None
        `None` where the declared datum fits best, and where it cannot be told: fewer than `FEWEST_PLACES`, fewer
        than `FEWEST_TELLING` that tell the datums apart, no majority of `LEAST_MAJORITY` among them, evidence below
        `LEAST_EVIDENCE`, or a third datum that fits about as well.
    """
    fits = {datum: found.log_likelihood() for datum, found in evidence.items()}
    if len(fits[declared]) < FEWEST_PLACES:
        return None
    likely = max(fits, key=lambda datum: float(fits[datum].sum()))
    if likely == declared:
        return None
    ratio = fits[likely] - fits[declared]
    telling = np.abs(ratio) >= TELLING
    agreeing = int((ratio[telling] > 0).sum())
    lead = min(float((fits[likely] - fits[other]).sum()) for other in fits if other != likely)
    enough = telling.sum() >= FEWEST_TELLING and agreeing >= LEAST_MAJORITY * telling.sum()
    if not enough or ratio.sum() < LEAST_EVIDENCE or lead < LEAST_LEAD:
        return None
    return DatumFit(likely, agreeing, int(telling.sum()), float(ratio.sum()))


def mean_shift_m(
    lon: NDArray[np.float64], lat: NDArray[np.float64], to_lon: NDArray[np.float64], to_lat: NDArray[np.float64]
) -> tuple[float, float]:
    """Return the metres east and north from places to others (WGS 84 degrees, shape (K,)), on average.

    On the mean sphere; good for shifts of some kilometres.
    """
    east = np.radians(to_lon - lon) * np.cos(np.radians((lat + to_lat) / 2)) * EARTH_RADIUS_M
    north = np.radians(to_lat - lat) * EARTH_RADIUS_M
    return float(east.mean()), float(north.mean())


def _log_density(metres: Metres, *, scale_m: float, reach_m: float) -> NDArray[np.float64]:
    """Return the log density of a distance under the right reading, 0 where the distance is unknown."""
    held = np.minimum(metres, reach_m)
    density = (1 - _OUTLIERS) / scale_m * np.exp(-held / scale_m) + _OUTLIERS / reach_m
    return np.where(np.isnan(metres), 0.0, np.log(density))
