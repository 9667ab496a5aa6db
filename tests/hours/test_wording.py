from __future__ import annotations

import pytest

from stations.hours.wording import describe_hours


@pytest.mark.parametrize(
    ("text", "chinese", "english"),
    [
        (None, "未核实", "not verified"),
        ("24/7", "全天", "24 hours a day"),
        ("Mo-Su 00:00-24:00; PH off", "全天，节假日休息", "24 hours a day, closed on public holidays"),
        (
            "Mo-Fr 08:30-17:30; PH off",
            "周一至周五 08:30–17:30，节假日休息",
            "Mon–Fri 08:30–17:30, closed on public holidays",
        ),
        (
            "Mo-Fr 08:30-11:30,14:00-17:30; Sa,Su 09:00-16:00",
            "周一至周五 08:30–11:30、14:00–17:30；周六、周日 09:00–16:00",
            "Mon–Fri 08:30–11:30, 14:00–17:30; Sat, Sun 09:00–16:00",
        ),
        ("22:00-06:00", "每天 22:00–次日06:00", "daily 22:00–06:00 next day"),
        ("Mo,We,Fr 08:00-12:00", "周一、周三、周五 08:00–12:00", "Mon, Wed, Fri 08:00–12:00"),
        ("Mo-Su,PH 08:00-20:00", "每天 08:00–20:00", "daily 08:00–20:00"),
        (
            "08:00-20:00; PH 10:00-16:00",
            "每天 08:00–20:00，节假日 10:00–16:00",
            "daily 08:00–20:00, public holidays 10:00–16:00",
        ),
        ("Mo-Fr", "周一至周五 全天", "Mon–Fri all day"),
        ("off", "不开放", "closed"),
        ("Nov-Mar 08:00-17:00", "Nov-Mar 08:00-17:00", "Nov-Mar 08:00-17:00"),
        ("Mo-Fr 08:00-17:00; SH off", "Mo-Fr 08:00-17:00; SH off", "Mo-Fr 08:00-17:00; SH off"),
        ('Mo-Fr "预约"', 'Mo-Fr "预约"', 'Mo-Fr "预约"'),
        ("Mo-Fr 08:00-17:00; PH Mo 09:00-10:00", *["Mo-Fr 08:00-17:00; PH Mo 09:00-10:00"] * 2),
    ],
)
def test_hours_in_words(text, chinese, english):
    assert describe_hours(text, "zh") == chinese
    assert describe_hours(text, "en") == english
