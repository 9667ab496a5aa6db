"""What is wrong in the form of one station, in words: by the labels of the form, without the rows of a file."""

from __future__ import annotations

import re
from dataclasses import replace

from stations.errors import Problem
from stations.services.problem_words import say_problem
from stations.texts import say, words

_WHERE = re.compile(r"(?:第 \{row\} 行|row \{row\}(?=[,:]))(?:“\{column\}”列|, column \{column\})?(?:：|: |, )?")
"""How a sentence about a row of a file begins."""


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


def _cut(lang: str, problem: Problem) -> str:
    """Return the sentence of a check with its suggestion; such name the station themselves."""
    begin = re.compile(r"^(?:第 0 行|row 0[,:]?) ?：?")
    return begin.sub("", say_problem(lang, replace(problem, row=0)))


def _labels(lang: str, fields: str) -> str:
    known = words(lang)
    return say(lang, "manage.form_join").join(known.get(f"field.{one}", one) for one in fields.split(", "))
