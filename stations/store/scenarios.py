"""Scenarios that planners save, by name."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, delete, func, insert, select, update

from stations.errors import ConflictError, InputError, UnknownThingError
from stations.model.scenarios import NamedScenario, SavedScenario, name_key, read_scenario
from stations.store.database import Database
from stations.store.office_tables import SCENARIO

MOST_SAVED = 200
ID_BYTES = 4


@dataclass(frozen=True, slots=True)
class ScenarioStore:
    """The scenarios of one region; every call is one transaction, and raises `StoreError` as the database does."""

    database: Database
    region_id: str

    def listed(self) -> tuple[SavedScenario, ...]:
        """Return all, the last changed first."""
        chosen = select(SCENARIO).where(self._here()).order_by(SCENARIO.c.changed_at.desc(), SCENARIO.c.scenario_id)
        with self.database.reading() as connection:
            return tuple(_scenario(row) for row in connection.execute(chosen).mappings())

    def get(self, scenario_id: str) -> SavedScenario:
        """Return a scenario.

        Raises
        ------
        UnknownThingError
            There is none of that id.
        """
        with self.database.reading() as connection:
            return self._get(connection, scenario_id)

    def add(self, named: NamedScenario, *, author: str) -> SavedScenario:
        """Keep a scenario under an id of its own.

        Raises
        ------
        ConflictError
            There is one of that name, as names are compared.
        InputError
            There are 200 already.
        """
        now = datetime.now(UTC)
        row = {"scenario_id": secrets.token_hex(ID_BYTES), "author": author, "made_at": now, "version": 1}
        with self.database.writing() as connection:
            count = connection.scalar(select(func.count()).select_from(SCENARIO).where(self._here())) or 0
            if count >= MOST_SAVED:
                raise InputError("scenario.too_many", field="name", most=MOST_SAVED)
            self._check_name(connection, named.name)
            connection.execute(insert(SCENARIO), {"region_id": self.region_id, **row, **_values(named, now)})
            return self._get(connection, str(row["scenario_id"]))

    def change(self, scenario_id: str, named: NamedScenario, *, version: int) -> SavedScenario:
        """Put `named` in the place of a scenario that stood at `version`.

        Raises
        ------
        ConflictError
            It was changed since, or there is another one of that name.
        UnknownThingError
            There is none of that id.
        """
        with self.database.writing() as connection:
            before = self._get(connection, scenario_id)
            if before.version != version:
                raise ConflictError("scenario.changed_meanwhile", changed=(scenario_id,), name=before.name)
            self._check_name(connection, named.name, besides=scenario_id)
            values = {**_values(named, datetime.now(UTC)), "version": version + 1}
            connection.execute(update(SCENARIO).where(self._is(scenario_id)).values(values))
            return self._get(connection, scenario_id)

    def remove(self, scenario_id: str) -> SavedScenario:
        """Drop a scenario and return what it was; raises as `get` does."""
        with self.database.writing() as connection:
            before = self._get(connection, scenario_id)
            connection.execute(delete(SCENARIO).where(self._is(scenario_id)))
            return before

    def _get(self, connection: Connection, scenario_id: str) -> SavedScenario:
        row = connection.execute(select(SCENARIO).where(self._is(scenario_id))).mappings().first()
        if row is None:
            raise UnknownThingError("scenario.unknown", field="scenario", value=scenario_id[:40])
        return _scenario(row)

    def _check_name(self, connection: Connection, name: str, *, besides: str = "") -> None:
        same = (self._here(), SCENARIO.c.name_key == name_key(name), SCENARIO.c.scenario_id != besides)
        taken = connection.scalar(select(SCENARIO.c.scenario_id).where(*same))
        if taken is not None:
            raise ConflictError("scenario.name_taken", changed=(taken,), name=name)

    def _is(self, scenario_id: str) -> ColumnElement[bool]:
        return self._here() & (SCENARIO.c.scenario_id == self.database.asked(scenario_id))

    def _here(self) -> ColumnElement[bool]:
        return SCENARIO.c.region_id == self.region_id


def _values(named: NamedScenario, now: datetime) -> dict[str, Any]:
    return {
        "name": named.name,
        "name_key": name_key(named.name),
        "note": named.note,
        "cost": named.cost,
        "changes": named.changes.to_plain(),
        "changed_at": now,
    }


def _scenario(row: RowMapping | Mapping[str, Any]) -> SavedScenario:
    named = {name: row[name] for name in ("name", "note", "cost", "scenario_id", "version", "author")}
    changes = read_scenario(row["changes"])
    return SavedScenario(**named, changes=changes, made_at=row["made_at"], changed_at=row["changed_at"])
