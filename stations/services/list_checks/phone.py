"""Telephone numbers that nobody can dial."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from stations.errors import Problem
from stations.hours.zones import country_of_zone
from stations.model.region import RegionProfile
from stations.services.list_checks.rows import Rows

_REMARK = re.compile(r"\([^()]*[^\d\s()\-+][^()]*\)")
_EXTENSION = re.compile(r"(?<=\d)\s*(?:转|分机|ext\.?|x)\s*(?=\d{1,6}(?!\d))")
_SEPARATORS = re.compile(r"[^\d\s+*#().\-]+|(?<=\d{5})\s+(?=1[3-9]\d{9}|0\d{2,3}-)")
_DASHES = str.maketrans("–—－―", "----")
_FILLING = re.compile(r"[\s()]+")
_COUNTRY_CODE = re.compile(r"^(?:\+|00)86-?|^86-?(?=1[3-9]\d{9}$)")
_MAINLAND = re.compile(
    r"1[3-9]\d{9}|1[3-9]\d-\d{4}-\d{4}"  # mobile
    r"|(?:010|02\d)-?\d{8}|0[3-9]\d{2}-?\d{7,8}"  # landline with its area code
    r"|[48]00-?\d{3}-?\d{4}|[48]00-?\d{4}-?\d{3}|[48]00-?\d{7}"
    r"|1[12]\d|12\d{3}|100\d{2,3}|9[56]\d{3,4}"  # 110, 12345, 10086, 95588, 96xxx
)
_LANDLINE_EXTENSION = re.compile(r"(0\d{2,3}-?\d{7,8})-\d{1,6}")
_ABROAD = re.compile(r"\+?\d[\d.\- ()]*\d")
_ABROAD_DIGITS = range(3, 16)  # E.164 allows 15


def check_phone(rows: Rows, profile: RegionProfile) -> tuple[Problem, ...]:
    """Find telephone numbers of a shape that nobody can dial; several in one cell are looked at one by one.

    In mainland China: mobile, landline with area code, 400 and 800, and short service numbers. Elsewhere only a
    plausible number of digits.
    """
    mainland = (profile.country or country_of_zone(profile.time_zone)) == "CN"
    found = []
    for index, row in enumerate(rows.listed):
        wrong = _wrong_number(row.station.phone, mainland) if row.station.phone else None
        if wrong is None:
            continue
        with_zero = f"0{wrong}"
        if mainland and _MAINLAND.fullmatch(with_zero):  # a spreadsheet took the area code for a number
            found.append(rows.problem("phone_zero", index, "phone", row.station.phone, wrong=wrong, likely=with_zero))
        else:
            check = "phone" if mainland else "phone_abroad"
            found.append(rows.problem(check, index, "phone", row.station.phone, wrong=wrong))
    return tuple(found)


@lru_cache(maxsize=4096)
def _wrong_number(text: str, mainland: bool) -> str | None:
    """Return the first number in a text that cannot be dialled, all of it where it holds none.

    Words beside the numbers part them; remarks in brackets are passed over.
    """
    if mainland and _MAINLAND.fullmatch(text):
        return None
    plain = _REMARK.sub(" ", unicodedata.normalize("NFKC", text).translate(_DASHES).casefold())
    parts = [part.strip() for part in _SEPARATORS.split(_EXTENSION.sub("-", plain))]
    numbers = [part for part in parts if any(map(str.isdigit, part))]
    if not numbers:
        return text.strip()
    return next((one for one in numbers if not (_in_mainland(one) if mainland else _abroad(one))), None)


def _in_mainland(written: str) -> bool:
    number = _FILLING.sub("", written).strip("-.")
    bare, codes = _COUNTRY_CODE.subn("", number)
    choices = [bare, bare.replace("-", ""), *([f"0{bare}"] if codes else [])]  # +86 10 for 010
    extension = _LANDLINE_EXTENSION.fullmatch(bare)
    return any(_MAINLAND.fullmatch(one) for one in [*choices, *([extension[1]] if extension else [])])


def _abroad(written: str) -> bool:
    number = written.strip(" -.")
    return _ABROAD.fullmatch(number) is not None and sum(map(str.isdigit, number)) in _ABROAD_DIGITS
