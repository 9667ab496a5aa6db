"""What queries refuse when they are made."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from stations.errors import InputError
from stations.model.queries import is_on_the_clock, read_moment
from stations.texts import LANGUAGES, say


def test_an_hour_that_the_clocks_leave_out_is_told():
    # Summer time began in Helsinki on 29 March 2026 at 03:00.
    with pytest.raises(InputError) as refused:
        read_moment("2026-03-29T03:30", time_zone="Europe/Helsinki")

    assert (refused.value.key, refused.value.field) == ("error.when_left_out", "when")
    assert all("03:30" in say(lang, refused.value.key, **refused.value.values) for lang in LANGUAGES)


@pytest.mark.parametrize("text", ["2026-03-29T02:59", "2026-03-29T04:00", "2026-10-25T03:30", "2026-03-29T03:30+02:00"])
def test_hours_beside_it_are_read(text):
    assert is_on_the_clock(read_moment(text, time_zone="Europe/Helsinki"))


def test_china_leaves_no_hour_out():
    first = datetime(2026, 1, 1, tzinfo=ZoneInfo("Asia/Shanghai"))

    assert all(is_on_the_clock(first + timedelta(hours=hour)) for hour in range(0, 8760, 7))
