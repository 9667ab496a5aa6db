"""Which new sites would help most: the question and its answer."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from stations.errors import InputError
from stations.model.keys import ServiceKey
from stations.model.queries import CoverageQuery, Place, read_key
from stations.model.scenarios import NewSite, Scenario

MOST_NEW = 100
MOST_COST = 1e6
MOST_PROOF_S = 600
MOST_JOB_PROOF_S = 120
"""A job keeps the others waiting; at the terminal a proof may take longer."""


class SitingGoal(StrEnum):
    """What is added is to cover most demand, save most travel time, or reach a share at the least cost."""

    COVERED = "covered"
    TIME = "time"
    FEWEST = "fewest"


class OptionKind(StrEnum):
    """What can be done: build a site, or at a station keep longer hours, add services, let everybody in."""

    SITES = "sites"
    HOURS = "hours"
    SERVICES = "services"
    REGISTRATION = "registration"


COSTS = {OptionKind.SITES: 1.0, OptionKind.HOURS: 0.3, OptionKind.SERVICES: 0.2, OptionKind.REGISTRATION: 0.1}
"""What each kind costs where nothing else is said: a new site is the unit."""

NAMED_HOURS = {"week": "24/7", "day": "06:00-22:00", "night": "22:00-06:00", "work": "Mo-Fr 08:00-18:00"}
"""Names for hours of the week, as opening hours (OSM syntax)."""


class CandidateSource(StrEnum):
    """Where a new station could be: at named, owned or public places, or anywhere on a grid."""

    PLACES = "places"
    OWNED = "owned"
    PUBLIC = "public"
    GRID = "grid"


@dataclass(frozen=True, slots=True)
class SitingQuery:
    """What to add to the stations that count for `coverage`, all of which stay.

    `options` are the kinds of things that may be done, `cost` what each kind costs where it is not as in `COSTS`.
    What is chosen costs at most `budget`, in the same unit; where that is `None`, as much as `new` new sites. With the
    goal `FEWEST` the share `target_share` of all demand is to be reached.

    `hours` chooses hours of the week that holds the day `week`, which goes with it: by a name of `NAMED_HOURS`, or as
    opening hours (OSM syntax). Then demand counts at each of them; empty means the one hour of `coverage`. `floor` is
    the share that is to be covered of every township at least. `proof_s` above zero asks for the proven best within so
    many seconds.

    Raises
    ------
    InputError
        `new` is not from 1 to 100, `target_share` not above 0 and at most 1, `floor` not from 0 to 1, `proof_s` not
        from 0 to 600; there is no option, a cost or the budget is no amount, or the budget is below every cost; or
        longer hours are an option and no hours are chosen, or hours are and no week is.
    """

    coverage: CoverageQuery
    new: int = 1
    goal: SitingGoal = SitingGoal.COVERED
    source: CandidateSource = CandidateSource.PLACES
    target_share: float = 0.95
    proof_s: float = 0.0
    options: tuple[OptionKind, ...] = (OptionKind.SITES,)
    cost: tuple[tuple[OptionKind, float], ...] = ()
    budget: float | None = None
    hours: str = ""
    week: date | None = None
    floor: float = 0.0

    def __post_init__(self) -> None:
        if not 1 <= self.new <= MOST_NEW:
            raise InputError("siting.new", field="new", value=self.new, most=MOST_NEW)
        if not (math.isfinite(self.target_share) and 0 < self.target_share <= 1):
            raise InputError("siting.target", field="target", value=self.target_share)
        if not (math.isfinite(self.floor) and 0 <= self.floor <= 1):
            raise InputError("siting.floor", field="floor", value=self.floor)
        if not (math.isfinite(self.proof_s) and 0 <= self.proof_s <= MOST_PROOF_S):
            raise InputError("siting.proof", field="prove", value=self.proof_s, most=MOST_PROOF_S)
        if not self.options:
            raise InputError("siting.no_option", field="options", allowed=", ".join(OptionKind))
        if self.hours and self.week is None:
            raise InputError("error.missing", field="week", name="week")
        if OptionKind.HOURS in self.options and not self.hours and self.coverage.when is None:
            raise InputError("siting.hours_missing", field="hours")
        self._check_costs()

    def _check_costs(self) -> None:
        amounts = (*self.cost, *([] if self.budget is None else [("budget", self.budget)]))
        for name, amount in amounts:
            if not (math.isfinite(amount) and 0 < amount <= MOST_COST):
                field = "budget" if name == "budget" else "cost"
                raise InputError("siting.cost", field=field, name=name, value=amount, most=f"{MOST_COST:g}")
        least = min(self.cost_of(kind) for kind in self.options)
        if self.most_cost < least:
            raise InputError("siting.budget", field="budget", value=f"{self.most_cost:g}", least=f"{least:g}")

    def cost_of(self, kind: OptionKind) -> float:
        """Return what one thing of a kind costs."""
        return {**COSTS, **dict(self.cost)}[kind]

    @property
    def most_cost(self) -> float:
        """What everything chosen may cost together."""
        return self.new * self.cost_of(OptionKind.SITES) if self.budget is None else self.budget


def read_costs(text: str, *, name: str) -> tuple[tuple[OptionKind, float], ...]:
    """Return the costs that ``sites=10,hours=3`` tells; `name` is the parameter.

    Raises
    ------
    InputError
        It is no such list, names a kind that there is not or one twice, or bears no number.
    """
    costs: dict[OptionKind, float] = {}
    for part in filter(None, (one.strip() for one in text.split(","))):
        kind_text, _, amount_text = part.partition("=")
        kind = read_key(OptionKind, kind_text.strip(), name=name)
        try:
            amount = float(amount_text)
        except ValueError:
            amount = math.nan
        if kind in costs or math.isnan(amount):
            raise InputError("siting.costs", field=name, name=name, value=part[:40])
        costs[kind] = amount
    return tuple(costs.items())


def read_options(text: str, *, name: str) -> tuple[OptionKind, ...]:
    """Return the kinds that ``sites,hours`` names, each once, sites alone where it is empty; raises as `read_key`."""
    kinds = tuple(read_key(OptionKind, one.strip(), name=name) for one in text.split(",") if one.strip())
    return tuple(dict.fromkeys(kinds)) or (OptionKind.SITES,)


def gap_of(value: float, bound: float) -> float:
    """Return how far a bound is from a value, as a share of the greater."""
    return abs(bound - value) / max(abs(bound), abs(value), 1e-12)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place where a station could be, WGS 84 degrees; never mixed in with stations."""

    name: str
    township: str | None
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class SitingOption:
    """Something that could be done, what it costs, and where: a new site, or a change at a station.

    `kinds` is `SITES` alone, or what would be changed at the station `station_id`: to `hours` (OSM syntax), by adding
    or repairing `services`, by letting everybody in. `lon` and `lat` are WGS 84 degrees.
    """

    kinds: tuple[OptionKind, ...]
    name: str
    township: str | None
    lon: float
    lat: float
    cost: float
    station_id: str | None = None
    hours: str | None = None
    services: tuple[ServiceKey, ...] = ()

    @property
    def changes(self) -> Scenario:
        """The scenario that does it."""
        if self.station_id is None:
            return Scenario(sites=(NewSite(Place(self.lon, self.lat), self.name),))
        return Scenario(
            hours=((self.station_id, self.hours),) if self.hours is not None else (),
            services=tuple((self.station_id, key) for key in self.services),
            no_registration=(self.station_id,) if OptionKind.REGISTRATION in self.kinds else (),
        )


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An option to take, and what it adds to the stations and to the suggestions before it.

    `covered` is demand that it newly covers in any of the chosen hours, `covered_hours` that demand times the hours,
    `saved_s` weighted seconds saved in all of the hours. `relieves` are the stations whose demand would be nearer to
    it, the most first. `next_best` would do best in its place, adding `next_gain` demand-hours (or seconds).
    """

    option: SitingOption
    covered: float
    covered_hours: float
    saved_s: float
    relieves: tuple[str, ...]
    next_best: SitingOption | None
    next_gain: float | None


@dataclass(frozen=True, slots=True)
class TownshipShares:
    """The covered share of a township's demand, in the chosen hours, before and after."""

    name: str
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class SitingAnswer:
    """Suggestions in the order in which they add most, and how good the choice surely is.

    Demand is in its own unit, `weight` all of it, and `hour_count` how many hours were chosen. `covered_before` and
    `covered_after` are demand-hours within the cutoff of a station that surely counts; `mean_s_before` and
    `mean_s_after` the mean of travel time over demand and hours, what lies beyond the table's limit counted at the
    limit (`at_limit` demand-hours before). `candidates` could be built, `candidates_off` more are off the network, and
    `changes` could be made at stations. `value` is what the choice reaches of its goal and `bound` what no choice
    can better, `None` where no proof was asked for. `townships` are those with demand.
    """

    query: SitingQuery
    suggestions: tuple[Suggestion, ...]
    candidates: int
    candidates_off: int
    changes: int
    hour_count: int
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
    townships: tuple[TownshipShares, ...]

    @property
    def cost(self) -> float:
        """What all suggestions cost together."""
        return sum(one.option.cost for one in self.suggestions)

    @property
    def share_before(self) -> float | None:
        """Covered demand as a share of all demand, in the chosen hours; `None` where there is no demand."""
        return self.covered_before / (self.weight * self.hour_count) if self.weight else None

    @property
    def share_after(self) -> float | None:
        """What `share_before` would be with the suggestions."""
        return self.covered_after / (self.weight * self.hour_count) if self.weight else None
