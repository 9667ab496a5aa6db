"""What is wrong in a file or in the form of one station, in words: for the terminal and for pages alike."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from string import Formatter

from stations.errors import Problem
from stations.model.keys import Datum, StationKind
from stations.texts import say, words

MOST_ROWS = 12
"""So many rows are named where several have the same problem."""
_WHERE = re.compile(r"(?:第 \{row\} 行|row \{row\}(?=[,:]))(?:“\{column\}”列|, column \{column\})?(?:：|: |, )?")
"""How a sentence about a row of a file begins."""


def group_problems(problems: Iterable[Problem]) -> list[tuple[Problem, tuple[int, ...]]]:
    """Return problems that differ by nothing but their rows as one, in the place of the first, with all its rows."""
    groups: dict[Problem, list[int]] = {}
    for problem in problems:
        rows = groups.setdefault(replace(problem, row=None), [])
        rows.extend(() if problem.row is None else (problem.row,))
    return [(replace(one, row=rows[0] if rows else None), tuple(rows)) for one, rows in groups.items()]


def say_problem(lang: str, problem: Problem, rows: Sequence[int] = ()) -> str:
    """Return one problem of a file as a sentence that names its row and column, itself or before it.

    Where the check has a suggestion, it follows. `rows` are all that have the problem, where it was grouped.
    """
    own = lang == "en" and problem.key != "list.column_missing"  # the program's own headings are English
    column = problem.column if own else words(lang).get(f"field.{problem.column}", problem.column)
    told = {name: _in_words(lang, value) for name, value in problem.values}
    values = {"row": problem.row, "column": column, "value": problem.value, **told}
    if section := values.get("allowed_of"):
        keys = str(values["allowed"]).split(", ")
        values["allowed"] = say(lang, "hours.and").join(say(lang, f"{section}.{key}") for key in keys)
    named = {name for _, name, _, _ in Formatter().parse(words(lang)[problem.key]) if name}
    where = [str(values["sheet"])] if values.get("sheet") else []
    if problem.row is not None and "row" not in named:
        where.append(say(lang, "cli.at_row", row=problem.row))
    if problem.column is not None and named.isdisjoint({"row", "column"}):
        where.append(say(lang, "cli.at_column", column=column))
    sentence = say(lang, problem.key, **values)
    hint = f"check_hint.{problem.check}"
    if problem.key.startswith("check.") and hint in words(lang):
        sentence = f"{sentence} {say(lang, hint, **values)}"
    if len(rows) > 1:
        named_rows = ", ".join(map(str, rows[:MOST_ROWS])) + (" …" if len(rows) > MOST_ROWS else "")
        sentence = f"{sentence} {say(lang, 'listing.same_rows', count=len(rows), rows=named_rows)}"
    return f"{' '.join(where)}: {sentence}" if where else sentence


def form_problem(lang: str, problem: Problem) -> str:
    """Return one problem of a form as a sentence that begins with the label of its field.

    A field may have a sentence of its own for forms (``manage.form_…``), else that of files is used without its row.
    """
    known = words(lang)
    field = f"field.{problem.column}"
    label = known.get(field, problem.column or "")
    values = {"row": "", "column": label, "value": problem.value, **dict(problem.values)}
    if "given" in values:
        values["given"] = _labels(lang, str(values["given"]))
    if f"manage.form_{problem.check}" in known:
        sentence = say(lang, f"manage.form_{problem.check}", **values)
    elif problem.key.startswith("check."):
        return _cut(lang, problem)
    else:
        sentence = _WHERE.sub("", known[problem.key], count=1).lstrip("：: ").format(**values)
    return say(lang, "manage.form_field", field=label, sentence=sentence) if label else sentence


def _in_words(lang: str, value: object) -> object:
    """Return a value of a sentence; a key as the word that people know it by."""
    if isinstance(value, Datum):
        return say(lang, f"datum.{value}")
    return say(lang, f"kind.{value}") if isinstance(value, StationKind) else value


def _cut(lang: str, problem: Problem) -> str:
    """Return the sentence of a check with its suggestion; such name the station themselves."""
    begin = re.compile(r"^(?:第 0 行|row 0[,:]?) ?：?")
    return begin.sub("", say_problem(lang, replace(problem, row=0)))


def _labels(lang: str, fields: str) -> str:
    known = words(lang)
    return say(lang, "hours.and").join(known.get(f"field.{one}", one) for one in fields.split(", "))
