"""What the services on coverage answer: shares, differences, weeks, gaps, and what the loss of a station costs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

from stations.model.keys import Need, ServiceKey
from stations.model.queries import CoverageQuery

SATURATED_SHARE = 0.98
"""Above this share coverage tells nothing any more; the minutes do."""
WEEK_HOURS = 168


@dataclass(frozen=True, slots=True)
class CoverageShare:
    """Demand of an area by state; weights in the demand's own unit. Times are minutes, demand-weighted.

    `median_min` and `p90_min` are over the demand on the network, where what lies beyond the table counts as far:
    `None` when the quantile falls there. `share_within` maps minutes to the share of all demand (the unknown included
    in the whole).
    `beyond_table` is the weight on the network whose nearest usable station is further than the table reaches.
    `off_network` is the part of `unknown` that lies too far from any road; the rest is reached in time only by
    stations of which it is not known whether they can be used.
    """

    area: str | None
    weight: float
    covered: float
    gap: float
    unknown: float
    median_min: float | None
    p90_min: float | None
    share_within: dict[int, float]
    beyond_table: float
    off_network: float = 0.0

    @property
    def covered_share(self) -> float | None:
        """Covered demand as a share of all demand; `None` where there is no demand."""
        return self.covered / self.weight if self.weight else None

    @property
    def gap_share(self) -> float | None:
        """Uncovered demand as a share of all demand; `None` where there is no demand."""
        return self.gap / self.weight if self.weight else None

    @property
    def unknown_share(self) -> float | None:
        """Demand of unknown state as a share of all demand; `None` where there is no demand."""
        return self.unknown / self.weight if self.weight else None

    @property
    def saturated(self) -> bool:
        """Whether more than 98 % is covered: then look at the minutes instead of the share."""
        return self.weight > 0 and self.covered / self.weight > SATURATED_SHARE


@dataclass(frozen=True, slots=True)
class SpeedRange:
    """What coverage is at a slower and at a faster speed than the region's, from the same table.

    `slower` and `faster` are `None` where the scaled cutoff, in network minutes at the region's speed
    (`slower_cutoff_min`, `faster_cutoff_min`), goes beyond what the table holds (`limit_min`): then it is not known.
    """

    slower_kmh: float
    faster_kmh: float
    slower_cutoff_min: float
    faster_cutoff_min: float
    limit_min: float
    slower: CoverageShare | None
    faster: CoverageShare | None


@dataclass(frozen=True, slots=True)
class CoverageAnswer:
    """Coverage of a region as a whole, by township, and by demand point (`states`, `times_min` in file order).

    `speeds` tells the range of the whole at other speeds; `None` for a mode whose speed the roads set.
    """

    query: CoverageQuery
    whole: CoverageShare
    townships: tuple[CoverageShare, ...]
    states: tuple[str, ...]
    times_min: tuple[float | None, ...]
    stations_counted: int
    stations_unknown: int
    speeds: SpeedRange | None = None

    @property
    def speed_range(self) -> tuple[CoverageShare, CoverageShare] | None:
        """Coverage at the slower and the faster speed; `None` where one of them is not known, see `speeds`."""
        if self.speeds is None or self.speeds.slower is None or self.speeds.faster is None:
            return None
        return self.speeds.slower, self.speeds.faster


@dataclass(frozen=True, slots=True)
class StationDifference:
    """A station that counts on paper and not in use, and the demand that is lost by it.

    `why` is ``lacks_service``, ``closed``, ``registration``, ``unknown_hours`` or ``unknown_entry``, the first that
    holds. `weight` is the demand covered on paper and not (surely) in use to which this station is the soonest on
    paper: every lost person counts at one station, so that the weights of all add up to the whole difference.
    `weight_alone` is the part of all lost demand that no other station on paper reaches in time.
    """

    station_id: str
    name: str
    why: str
    weight: float
    weight_alone: float


@dataclass(frozen=True, slots=True)
class PlacedUsable:
    """设点覆盖 (a station is there) beside 此刻可用覆盖 (what the query asks), and the stations between them."""

    placed: CoverageAnswer
    usable: CoverageAnswer
    stations: tuple[StationDifference, ...]


@dataclass(frozen=True, slots=True)
class WeekRow:
    """Coverage through a week for one service or need, or for any station (`key` is `None`).

    `shares` and `unknown` hold 168 values, at the full hours from Monday 00:00, local time: the share of all demand
    that is covered, and whose state is unknown. `None` (0 in `unknown`) where the clocks leave the hour out, or there
    is no demand.
    """

    key: ServiceKey | Need | None
    shares: tuple[float | None, ...]
    unknown: tuple[float, ...]

    @property
    def lowest(self) -> tuple[int, float] | None:
        """The hour (0 to 167) that is worst covered, the first of equals, and its share; `None` where none is known."""
        known = [(share, hour) for hour, share in enumerate(self.shares) if share is not None]
        return (min(known)[1], min(known)[0]) if known else None

    @property
    def mean(self) -> float | None:
        """The mean share of the week; `None` where none is known."""
        known = [share for share in self.shares if share is not None]
        return math.fsum(known) / len(known) if known else None

    @property
    def highest(self) -> float | None:
        """The greatest share of the week; `None` where none is known."""
        return max((share for share in self.shares if share is not None), default=None)


@dataclass(frozen=True, slots=True)
class WeekNote:
    """A day of the week that is not an ordinary one.

    `kind` is ``off``, ``makeup`` or ``unconfirmed``; `festival` the key of the festival that a day off is for.
    """

    day: date
    kind: str
    festival: str | None


@dataclass(frozen=True, slots=True)
class WeekAnswer:
    """The coverage of a week: the Monday that it begins with, one row for each key, and its days of note."""

    query: CoverageQuery
    monday: date
    rows: tuple[WeekRow, ...]
    notes: tuple[WeekNote, ...]


@dataclass(frozen=True, slots=True)
class NotableWeek:
    """A week that holds days off (`kind` ``off``) or a make-up weekend (``makeup``), and for which festival."""

    monday: date
    kind: str
    festival: str | None
    days: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class Remedy:
    """The smallest thing that helps a gap, and the demand of the gap (`weight`) that it is known to serve.

    `key` is ``registration``, ``hours``, ``service`` or ``several`` of them at a station (`station_id`, `changes`),
    ``new_site``, ``way``, ``verify`` or ``position``. `weight` is `None` where that was not computed.
    """

    key: str
    station_id: str | None = None
    station_name: str | None = None
    changes: tuple[str, ...] = ()
    weight: float | None = None


@dataclass(frozen=True, slots=True)
class GapPlace:
    """Contiguous demand that is not covered, named by its nearest community; WGS 84 degrees.

    `points` are the places of the demand in its layer. `lon` and `lat` are the one of them nearest to their weighted
    centre. `nearest_id` is the station soonest reached from there on paper (of unknown demand: among those of unknown
    state), `nearest_min` its minutes, `None` beyond the table (then it is the nearest by straight line). `why` it does
    not count is ``too_far``, ``lacks_service``,
    ``shut``, ``registration``, ``unknown_hours``, ``unknown_entry``, ``no_way`` or, of the place itself,
    ``off_network``. `others` counts further communities that the gap holds.
    """

    name: str
    township: str | None
    lon: float
    lat: float
    weight: float
    points: tuple[int, ...]
    nearest_id: str | None
    nearest_name: str | None
    nearest_min: float | None
    why: str
    remedy: Remedy
    others: int = 0


@dataclass(frozen=True, slots=True)
class StationLoss:
    """The demand that would no longer be covered without a station."""

    station_id: str
    name: str
    weight_lost: float


@dataclass(frozen=True, slots=True)
class Resilience:
    """How much hangs on single stations.

    `covered_twice` is the demand that at least two stations that count reach within the cutoff, `covered` and
    `weight` all that is covered and all there is. `losses` are the stations whose loss costs demand, heaviest first;
    without one of `missed_by_nobody` all stay covered, as long as the others stay.
    """

    query: CoverageQuery
    weight: float
    covered: float
    covered_twice: float
    losses: tuple[StationLoss, ...]
    missed_by_nobody: tuple[str, ...]

    @property
    def covered_twice_share(self) -> float | None:
        """The share of all demand that at least two stations cover; `None` where there is no demand."""
        return self.covered_twice / self.weight if self.weight else None
