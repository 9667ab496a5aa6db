"""Scenarios side by side: what each comes to, and how they differ from the region as it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from stations.errors import StationsError
from stations.model.coverage import CoverageAnswer, WeekRow
from stations.model.queries import CoverageQuery
from stations.model.scenarios import SavedScenario, Scenario

MOST_COMPARED = 4
DIGITS = {"share": 3, "weight": 0, "minutes": 1, "hours": 0, "count": 0, "cost": 2}
"""How exactly a value is shown, by its unit: what looks equal is equal."""


@dataclass(frozen=True, slots=True)
class ComparedScenario:
    """One column: a scenario, or the region as it is (`saved` is `None`).

    `applies` is what of it can be had today, `errors` why the rest cannot. `week` tells all that the question asks;
    `covered_hours` is the demand covered in each hour of that week, added up.
    """

    saved: SavedScenario | None
    applies: Scenario
    errors: tuple[StationsError, ...]
    coverage: CoverageAnswer
    week: WeekRow
    covered_hours: float


@dataclass(frozen=True, slots=True)
class Measure:
    """One row: a value of each column, `None` where it is not known.

    `key` names it, `area` is the township that it is of. `more_is_better` is `None` where neither is.
    """

    key: str
    unit: str
    values: tuple[float | None, ...]
    more_is_better: bool | None = None
    area: str | None = None

    @property
    def shown(self) -> tuple[float | None, ...]:
        """The values as exactly as they are shown."""
        return tuple(None if value is None else _rounded(value, DIGITS[self.unit]) for value in self.values)

    @property
    def differences(self) -> tuple[float | None, ...]:
        """How much each column has more than the first, of the values as they are shown."""
        first, *_ = self.shown
        digits = DIGITS[self.unit]
        return tuple(
            None if first is None or value is None else _rounded(value - first, digits) for value in self.shown
        )

    @property
    def best(self) -> frozenset[int]:
        """The columns whose value is best as it is shown; none where all are equal."""
        known = {number: value for number, value in enumerate(self.shown) if value is not None}
        if self.more_is_better is None or len(set(known.values())) < 2:
            return frozenset()
        best = max(known.values()) if self.more_is_better else min(known.values())
        return frozenset(number for number, value in known.items() if value == best)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Columns side by side, the region as it is first, and the Monday of the week that their hours are of."""

    query: CoverageQuery
    monday: date
    columns: tuple[ComparedScenario, ...]

    @property
    def measures(self) -> tuple[Measure, ...]:
        """The rows, those of the townships last."""
        wholes = [one.coverage.whole for one in self.columns]

        def row(key: str, unit: str, values: Sequence[float | None], more: bool | None) -> Measure:
            return Measure(key, unit, tuple(values), more)

        return (
            row("covered_share", "share", [one.covered_share for one in wholes], True),
            row("covered", "weight", [one.covered for one in wholes], True),
            row("gap_share", "share", [one.gap_share for one in wholes], False),
            row("gap", "weight", [one.gap for one in wholes], False),
            row("unknown_share", "share", [one.unknown_share for one in wholes], False),
            row("unknown", "weight", [one.unknown for one in wholes], False),
            row("median_min", "minutes", [one.median_min for one in wholes], False),
            row("p90_min", "minutes", [one.p90_min for one in wholes], False),
            *(
                row(f"within_{minutes}", "share", [one.share_within.get(minutes) for one in wholes], True)
                for minutes in wholes[0].share_within
            ),
            row("week_mean", "share", [one.week.mean for one in self.columns], True),
            row("covered_hours", "hours", [one.covered_hours for one in self.columns], True),
            row(
                "week_lowest", "share", [one.week.lowest[1] if one.week.lowest else None for one in self.columns], True
            ),
            row("stations", "count", [one.coverage.stations_counted for one in self.columns], None),
            row("cost", "cost", [one.saved.cost if one.saved else None for one in self.columns], None),
            *(
                Measure("township", "share", tuple(one.covered_share for one in own), True, own[0].area)
                for own in zip(*(one.coverage.townships for one in self.columns), strict=True)
            ),
        )


def _rounded(value: float, digits: int) -> float:
    return round(value, digits) + 0.0  # never minus nothing
