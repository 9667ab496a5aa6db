"""What services answer: values that say what they do not know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from stations.model.keys import ArrivalState, TravelReason
from stations.model.queries import NearestQuery
from stations.model.station import Station
from stations.model.taps import UNREAD, DoorReport


@dataclass(frozen=True, slots=True)
class Arrival:
    """Whether the door opens for somebody who sets out at one moment and arrives at another.

    `usable_in_s` is the time from setting out to being inside, `None` unless the state is `OPEN` or `OPENS_LATER`.
    `open_until` is the end of the span that holds the arrival, `None` when unknown, closed or not within the
    weeks that were looked at (a station that never closes). `opens_at` is the next opening after arrival.
    `holidays_unconfirmed` says that the state is unknown because the day could be a holiday and no notice tells.
    """

    state: ArrivalState
    usable_in_s: int | None = None
    open_until: datetime | None = None
    opens_at: datetime | None = None
    holidays_unconfirmed: bool = False


@dataclass(frozen=True, slots=True)
class FoundStation:
    """One line of a rider's list.

    `travel_s` and `return_s` are whole seconds there and back with parking and the walk from the gate, rounded up;
    `None` when unknown, then `travel_reason` says why. `to_gate` tells that the walk from the gate is not in them.
    `straight_line_m` is geodesic metres. `arrival` is at arrival; where `at_departure`, which is only so in `Instead`
    and without a travel time, it is what one would find who were there on setting out.

    `onward_s` is from the station to the next stop, `detour_s` what the way by the station takes more than the way
    without it; `None` when unknown or no next stop was named. `spare_s` is how much of the budget is left to stay:
    less the moment of use and the way back (or on), and never longer than the station is known to stay open; `None`
    without a budget or where it cannot be used. `reported_locked` says that riders found the door locked.
    """

    station: Station
    travel_s: int | None
    return_s: int | None
    travel_reason: TravelReason | None
    straight_line_m: float
    to_gate: bool
    arrival: Arrival
    onward_s: int | None = None
    detour_s: int | None = None
    spare_s: int | None = None
    reported_locked: bool = False
    at_departure: bool = False


@dataclass(frozen=True, slots=True)
class Instead:
    """What a rider is told where nothing that was asked for can be used: never nothing at all.

    `next_to_open` is the station that opens first after arrival, `nearest_open` the nearest that is open, at any
    distance: both meet the needs asked for. `public` are open places that are not ours, nearest first.
    """

    next_to_open: FoundStation | None
    nearest_open: FoundStation | None
    public: tuple[FoundStation, ...]


@dataclass(frozen=True, slots=True)
class NextStop:
    """How well the next stop sits on the roads, and the seconds from the origin straight to it, `None` when unknown."""

    snap_m: float | None
    on_main: bool
    direct_s: int | None


@dataclass(frozen=True, slots=True)
class NearestAnswer:
    """The rider's list, best first, and how well the origin sits on the roads.

    `origin_snap_m` is the walk to the road, `None` when none lies within the limit (off the network);
    `origin_on_main` is false when only an island of the network was near. `instead` is there when nothing that was
    asked for can be used, `next_stop` when one was named. `doors` is what was known of the doors.
    """

    query: NearestQuery
    found: tuple[FoundStation, ...]
    origin_snap_m: float | None
    origin_on_main: bool
    doors: DoorReport = UNREAD
    next_stop: NextStop | None = None
    instead: Instead | None = None
