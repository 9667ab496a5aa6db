"""Which new sites would help most: the question and its answer."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from stations.errors import InputError
from stations.model.queries import CoverageQuery

MOST_NEW = 100
MOST_PROOF_S = 600
MOST_JOB_PROOF_S = 120
"""A job keeps the others waiting; at the terminal a proof may take longer."""


class SitingGoal(StrEnum):
    """What new sites are to do: cover most demand, save most travel time, or reach a share with as few as can be."""

    COVERED = "covered"
    TIME = "time"
    FEWEST = "fewest"


class CandidateSource(StrEnum):
    """Where a new station could be: at named places, at public places of the list, or anywhere on a grid."""

    PLACES = "places"
    PUBLIC = "public"
    GRID = "grid"


@dataclass(frozen=True, slots=True)
class SitingQuery:
    """Which `new` sites to add to the stations that count for `coverage`, which stay.

    With the goal `FEWEST`, `new` is the most that may be added and `target_share` the share of all demand to reach.
    `proof_s` above zero asks for the proven best within so many seconds.

    Raises
    ------
    InputError
        `new` is not from 1 to 100, `target_share` not above 0 and at most 1, or `proof_s` not from 0 to 600.
    """

    coverage: CoverageQuery
    new: int
    goal: SitingGoal = SitingGoal.COVERED
    source: CandidateSource = CandidateSource.PLACES
    target_share: float = 0.95
    proof_s: float = 0.0

    def __post_init__(self) -> None:
        if not 1 <= self.new <= MOST_NEW:
            raise InputError("siting.new", field="new", value=self.new, most=MOST_NEW)
        if not (math.isfinite(self.target_share) and 0 < self.target_share <= 1):
            raise InputError("siting.target", field="target", value=self.target_share)
        if not (math.isfinite(self.proof_s) and 0 <= self.proof_s <= MOST_PROOF_S):
            raise InputError("siting.proof", field="prove", value=self.proof_s, most=MOST_PROOF_S)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place where a station could be, WGS 84 degrees; never mixed in with stations."""

    name: str
    township: str | None
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A candidate to build, and what it adds to the stations and to the suggestions before it.

    `covered` is demand newly within the cutoff, `saved_s` weighted seconds saved. `relieves` are the stations whose
    demand would be nearer to it, the most first. `next_best` would do best in its place, adding `next_covered`
    (or `next_saved_s`).
    """

    candidate: Candidate
    covered: float
    saved_s: float
    relieves: tuple[str, ...]
    next_best: Candidate | None
    next_gain: float | None


@dataclass(frozen=True, slots=True)
class SitingAnswer:
    """Suggestions in the order in which they add most, and how good the choice surely is.

    Demand is in its own unit. `covered_before` and `covered_after` are within the cutoff of a station that surely
    counts; `mean_s_before` and `mean_s_after` the weighted mean of travel time, demand beyond the table's limit counted
    at the limit (`at_limit` of it before). `value` is what the choice reaches of its goal and `bound` what no choice
    can better, `None` where no proof was asked for.
    """

    query: SitingQuery
    suggestions: tuple[Suggestion, ...]
    candidates: int
    candidates_off: int
    weight: float
    off_network: float
    covered_before: float
    covered_after: float
    mean_s_before: float | None
    mean_s_after: float | None
    at_limit: float
    value: float
    bound: float | None
    proven: bool

    @property
    def share_before(self) -> float | None:
        """Covered demand as a share of all demand; `None` where there is no demand."""
        return self.covered_before / self.weight if self.weight else None

    @property
    def share_after(self) -> float | None:
        """What `share_before` would be with the suggestions."""
        return self.covered_after / self.weight if self.weight else None
