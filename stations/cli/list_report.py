"""The report of a station list, and its history, as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from stations.cli.tables import aligned
from stations.errors import Problem
from stations.model.changes import Change, FieldChange, StationChange
from stations.model.listing import ColumnMatch
from stations.services.change_words import author_words, move_words, other_fields, value_words
from stations.services.list_import import ImportReport
from stations.services.problem_words import group_problems, say_problem
from stations.texts import say, words

MOST_SHOWN = 30


def report_lines(report: ImportReport, lang: str) -> list[str]:
    """Return what a list holds and would change: counts, columns, problems, then the changes field by field."""
    comparison, listing = report.comparison, report.listing
    lines = [say(lang, "listing.read", read=listing.rows_read, good=len(report.listed), refused=report.rows_refused)]
    lines += _column_lines(listing.columns, lang)
    lines += _problem_lines(report.problems, lang)
    lines.append(
        say(
            lang,
            "listing.would_change",
            added=len(comparison.added),
            changed=len(comparison.changed),
            unchanged=comparison.unchanged,
            missing=len(comparison.missing),
        )
    )
    lines += _shown([f"+ {_name(change)}" for change in comparison.added], lang)
    lines += _shown([line for change in comparison.changed for line in change_lines(change, lang)], lang)
    if comparison.missing:
        lines.append(say(lang, "listing.missing_stay", count=len(comparison.missing)))
    lines += _shown([f"? {station.station_id} {station.name}" for station in comparison.missing], lang)
    return lines


def change_lines(change: StationChange, lang: str) -> list[str]:
    """Return one station's change: its name, then every field that differs."""
    mark = "+" if change.before is None else "-" if change.after is None else "*"
    moved = move_words(lang, change)
    told = [f"    {say(lang, 'manage.coordinates')}: {moved}"] if moved else []
    return [f"{mark} {_name(change)}", *told, *(f"    {_field_words(one, lang)}" for one in other_fields(change))]


def history_table(changes: Iterable[Change], lang: str, *, time_zone: str) -> str:
    """Return changes as lines, newest first; when they were made is told in `time_zone`, the region's own."""
    zone = ZoneInfo(time_zone)
    rows = [[say(lang, f"listing.column_{name}") for name in ("change", "when", "who", "kind", "stations", "why")]]
    for change in changes:
        made_by = change.authorship
        undone = say(lang, "listing.undone_by", change=change.undone_by) if change.undone_by else ""
        why = " · ".join(part for part in (made_by.reason, made_by.source, undone) if part)
        kind = say(lang, f"change.{change.kind}")
        when = f"{change.made_at.astimezone(zone):%Y-%m-%d %H:%M}"
        rows.append([str(change.change_id), when, author_words(lang, made_by.author), kind, str(change.stations), why])
    return "\n".join(aligned(rows))


def _column_lines(columns: tuple[ColumnMatch, ...], lang: str) -> list[str]:
    fields = [(one.heading, words(lang).get(f"field.{one.field}", one.field)) for one in columns if one.field]
    matched = [f"{heading} → {field}" for heading, field in fields if field != heading]
    unmatched = [one.heading for one in columns if one.field is None and one.heading]
    lines = [say(lang, "listing.columns_matched", columns="; ".join(matched))] if matched else []
    return [*lines, *([say(lang, "listing.columns_unmatched", columns="; ".join(unmatched))] if unmatched else [])]


def _problem_lines(problems: tuple[Problem, ...], lang: str) -> list[str]:
    groups = group_problems(problems)
    lines = [f"{'×' if problem.refuses else '!'} {say_problem(lang, problem, rows)}" for problem, rows in groups]
    return _shown(lines, lang)


def _shown(lines: list[str], lang: str) -> list[str]:
    left_out = len(lines) - MOST_SHOWN
    tail = [say(lang, "listing.more", count=left_out)] if left_out > 0 else []
    return [f"  {line}" for line in (*lines[:MOST_SHOWN], *tail)]


def _name(change: StationChange) -> str:
    return f"{change.station_id} {change.either.name}"


def _field_words(change: FieldChange, lang: str) -> str:
    before, after = (value_words(lang, change.field, value) for value in (change.before, change.after))
    return f"{say(lang, f'field.{change.field}')}: {before} → {after}"
