"""The best of many stations by the moment they can be used: compiled passes over travel times and hours.

A door's hours are known here as arrays alone: stretches of time with a state, as `hours.timetable.WeekArrays` has
them. Station k follows course ``course[k]``, whose stretches are ``offset[c]:offset[c + 1]`` of `start`, `state` and
`opens`; instants are whole seconds since 1970. A trip is rounded up to whole seconds.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from stations.geo.search_kernels import UNREACHED

CLOSED, OPEN, _, UNCONFIRMED = range(4)
"""States of a stretch: `UNCONFIRMED` and the one before it are not known."""
USABLE, BEHIND, UNCERTAIN, SHUT = range(4)
"""The groups in which stations come: usable, usable by its hours but put behind, of hours not known, closed."""
IS_OPEN, OPENS_LATER, CLOSES_BEFORE, IS_CLOSED, IS_UNKNOWN, IS_UNCONFIRMED = range(6)
"""What somebody finds on arrival, as `look_up` tells it."""
TRAVEL_S, RETURN_S, ONWARD_S, ARRIVAL, USABLE_IN_S, UNTIL, OPENS = range(7)
"""Columns of `look_up`."""
NONE = -1
"""In place of what is not known or not there; never leaves what reads the columns."""
_FAR_S = 1 << 40


@njit(cache=True)
def rank_by_use(
    there_ms: NDArray[np.uint32],
    home_ms: NDArray[np.uint32],
    extra_ms: NDArray[np.int64],
    home_extra_ms: NDArray[np.int64],
    allowed: NDArray[np.bool_],
    behind: NDArray[np.bool_],
    turn: NDArray[np.int64],
    course: NDArray[np.int64],
    offset: NDArray[np.int64],
    start: NDArray[np.int64],
    state: NDArray[np.uint8],
    opens: NDArray[np.int64],
    left: int,
    soon_s: int,
    budget_s: int,
    open_only: bool,
    always_only: bool,
    add_home: bool,
    number: NDArray[np.int64],
    group: NDArray[np.int64],
    value: NDArray[np.int64],
) -> int:
    """Write the best stations that have a travel time, as many as there is room for; return how many were written.

    They come by group, then by value: seconds from setting out to the moment of use, or to the arrival where they
    cannot be used, with `add_home` the seconds from there as well; equal ones by `turn`.

    Parameters
    ----------
    there_ms, home_ms
        uint32 (K,), to the station and from it to where one has to be; `UNREACHED` where it is not known.
    extra_ms, home_extra_ms
        int64 (K,), what each station adds to either.
    allowed, behind
        bool (K,), what is asked for, and which of it comes behind the usable ones.
    left
        The second since 1970 of setting out.
    soon_s
        What opens no later than this after the arrival is waited for.
    budget_s
        The time there is to be at home again, inclusive; -1 for any. What is closed or cannot be timed is left out.
    open_only, always_only
        Leave out what is not open on arrival, or may ever close.
    """
    room, count = number.shape[0], 0
    for k in range(there_ms.shape[0]):
        if there_ms[k] == UNREACHED or not allowed[k]:
            continue
        travel_s = _seconds(there_ms[k], extra_ms[k])
        if count == room and group[count - 1] == USABLE and travel_s > value[count - 1]:
            continue
        arrived, its_course = left + travel_s, course[k]
        low = _stretch_at(start, offset[its_course], offset[its_course + 1], arrived)
        use_s, its_group = travel_s, UNCERTAIN
        if state[low] == OPEN:
            its_group = BEHIND if behind[k] else USABLE
        elif state[low] == CLOSED:
            its_group = SHUT
            if opens[low] != NONE and opens[low] - arrived <= soon_s:
                its_group, use_s = BEHIND if behind[k] else USABLE, int(opens[low]) - left
        if (open_only or always_only) and state[low] != OPEN:
            continue
        if always_only and low != offset[its_course + 1] - 1:
            continue
        home_s = _FAR_S
        if home_ms[k] != UNREACHED:
            home_s = _seconds(home_ms[k], home_extra_ms[k])
        if budget_s >= 0 and (its_group == SHUT or use_s + home_s > budget_s):
            continue
        worth = use_s + home_s if add_home else use_s
        place = count if count < room else room
        while place > 0 and _comes_before(
            its_group, worth, turn[k], group[place - 1], value[place - 1], turn[number[place - 1]]
        ):
            place -= 1
            if place + 1 < room:
                number[place + 1], group[place + 1], value[place + 1] = number[place], group[place], value[place]
        if place < room:
            number[place], group[place], value[place] = k, its_group, worth
            count = min(count + 1, room)
    return count


@njit(cache=True)
def _comes_before(group: int, value: int, turn: int, other_group: int, other_value: int, other_turn: int) -> bool:
    if group != other_group:
        return group < other_group
    return value < other_value or (value == other_value and turn < other_turn)


@njit(cache=True)
def rank_doors(
    allowed: NDArray[np.bool_],
    wanted: int,
    there_ms: NDArray[np.uint32],
    extra_ms: NDArray[np.int64],
    behind: NDArray[np.bool_],
    turn: NDArray[np.int64],
    course: NDArray[np.int64],
    offset: NDArray[np.int64],
    start: NDArray[np.int64],
    state: NDArray[np.uint8],
    opens: NDArray[np.int64],
    left: int,
    best: NDArray[np.int64],
) -> int:
    """Write the first allowed stations that are open, or shut and known to open; return how many were written.

    `wanted` is `OPEN` or `CLOSED`, the state that on arrival; what has no travel time is left out. Those not `behind`
    come first; then shut ones by the moment they open; then by travel time; then by `turn`.
    """
    room, count = best.shape[0], 0
    keys = np.empty((room + 1, 4), dtype=np.int64)
    for number in range(there_ms.shape[0]):
        if there_ms[number] == UNREACHED or not allowed[number]:
            continue
        travel_s = _seconds(there_ms[number], extra_ms[number])
        its_course = course[number]
        stretch = _stretch_at(start, offset[its_course], offset[its_course + 1], left + travel_s)
        if state[stretch] != wanted or (wanted == CLOSED and opens[stretch] == NONE):
            continue
        key = keys[room]
        key[0] = 1 if behind[number] else 0
        key[1] = opens[stretch] if wanted == CLOSED else 0
        key[2] = travel_s
        key[3] = turn[number]
        place = count
        while place > 0 and _is_less(key, keys[place - 1]):
            place -= 1
        if place < room:
            for after in range(min(count, room - 1), place, -1):
                keys[after], best[after] = keys[after - 1], best[after - 1]
            keys[place], best[place] = key, number
            count = min(count + 1, room)
    return count


@njit(cache=True)
def look_up(
    numbers: NDArray[np.int64],
    there_ms: NDArray[np.uint32],
    back_ms: NDArray[np.uint32],
    onward_ms: NDArray[np.uint32],
    extra_ms: NDArray[np.int64],
    way_in_ms: NDArray[np.int64],
    course: NDArray[np.int64],
    offset: NDArray[np.int64],
    start: NDArray[np.int64],
    state: NDArray[np.uint8],
    opens: NDArray[np.int64],
    left: int,
    soon_s: int,
    at_departure: bool,
) -> NDArray[np.int64]:
    """Return what one finds at some stations; int64 (N, 7), the columns as named above, `NONE` where not known.

    The arrival is as `Timetable.arrival` tells it. A station without a travel time is unknown, or `at_departure` as
    it would be found on setting out, but without a moment of use.
    """
    found = np.full((numbers.shape[0], 7), NONE, dtype=np.int64)
    for i in range(numbers.shape[0]):
        k, row = numbers[i], found[i]
        timed = there_ms[k] != UNREACHED
        if timed:
            row[TRAVEL_S] = _seconds(there_ms[k], extra_ms[k])
        if back_ms[k] != UNREACHED:
            row[RETURN_S] = _seconds(back_ms[k], way_in_ms[k])
        if onward_ms[k] != UNREACHED:
            row[ONWARD_S] = _seconds(onward_ms[k], way_in_ms[k])
        row[ARRIVAL] = IS_UNKNOWN
        if not timed and not at_departure:
            continue
        travel_s = row[TRAVEL_S] if timed else 0
        low, high = offset[course[k]], offset[course[k] + 1]
        stretch = _stretch_at(start, low, high, left + travel_s)
        if state[stretch] == OPEN:
            row[ARRIVAL] = IS_OPEN
            row[USABLE_IN_S] = travel_s if timed else NONE
            row[UNTIL] = start[stretch + 1] if stretch + 1 < high else NONE
        elif state[stretch] == CLOSED:
            row[OPENS] = opens[stretch]
            if opens[stretch] != NONE and opens[stretch] - left - travel_s <= soon_s:
                row[ARRIVAL] = OPENS_LATER
                row[USABLE_IN_S] = opens[stretch] - left if timed else NONE
            else:
                was_open = state[_stretch_at(start, low, high, left)] == OPEN
                row[ARRIVAL] = CLOSES_BEFORE if was_open else IS_CLOSED
        elif state[stretch] == UNCONFIRMED:
            row[ARRIVAL] = IS_UNCONFIRMED
    return found


@njit(cache=True)
def _seconds(network_ms: int, extra_ms: int) -> int:
    return int((np.int64(network_ms) + extra_ms + 999) // 1000)


@njit(cache=True)
def _stretch_at(start: NDArray[np.int64], low: int, high: int, instant: int) -> int:
    """Return the last stretch of ``low:high`` that begins no later than an instant."""
    while high - low > 1:
        middle = (low + high) // 2
        if start[middle] <= instant:
            low = middle
        else:
            high = middle
    return low


@njit(cache=True)
def _is_less(key: NDArray[np.int64], other: NDArray[np.int64]) -> bool:
    for i in range(key.shape[0]):
        if key[i] != other[i]:
            return bool(key[i] < other[i])
    return False


def warm_up_ranking() -> None:
    """Compile the passes, or load what was compiled before."""
    ms, whole, yes = np.zeros(1, dtype=np.uint32), np.zeros(1, dtype=np.int64), np.ones(1, dtype=np.bool_)
    hours = (whole, np.array([0, 1], dtype=np.int64), whole, np.zeros(1, dtype=np.uint8), whole)
    out = whole.copy(), whole.copy(), whole.copy()
    rank_by_use(ms, ms, whole, whole, yes, yes, whole, *hours, 0, 0, -1, False, False, False, *out)
    rank_doors(yes, 1, ms, whole, yes, whole, *hours, 0, whole.copy())
    look_up(whole, ms, ms, ms, whole, whole, *hours, 0, 0, False)
