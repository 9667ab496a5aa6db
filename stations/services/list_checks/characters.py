"""Characters that no print of ours can show."""

from __future__ import annotations

from stations.errors import Problem
from stations.maps.glyphs import missing_characters, name_character
from stations.services.list_checks.rows import Rows

PRINTED_FIELDS = ("name", "township", "address", "phone", "hours_text")
_MOST_NAMED = 10


def check_printable(rows: Rows) -> tuple[Problem, ...]:
    """Refuse rows with characters that the fonts of prints lack: a sheet that left them out would mislead."""
    found = []
    for field in PRINTED_FIELDS:
        texts = [getattr(one.station, field) or "" for one in rows.listed]
        if not missing_characters("".join(set(texts))):
            continue
        for index, text in enumerate(texts):
            missing = missing_characters(text)
            if missing:
                named = " ".join(name_character(one) for one in missing[:_MOST_NAMED])
                found.append(rows.problem("characters", index, field, text, refuses=True, characters=named))
    return tuple(found)
