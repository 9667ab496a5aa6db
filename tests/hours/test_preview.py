from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from stations.errors import InputError
from stations.hours.preview import preview_hours
from stations.model.region import RegionProfile

SHANGHAI = ZoneInfo("Asia/Shanghai")
OFFICE = "Mo-Fr 08:30-17:30; PH off"


@pytest.fixture(scope="session")
def preview(calendar):
    def make(expression: str | None, when: str, *, follows: bool | None = True, lang: str = "zh", **more: object):
        moment = datetime.fromisoformat(when).replace(tzinfo=SHANGHAI)
        more = {"calendar": calendar, **more}
        return preview_hours(expression, follows_workdays=follows, moment=moment, lang=lang, **more)

    return make


@pytest.mark.parametrize(
    ("expression", "when", "today", "tomorrow"),
    [
        ("08:00-21:00; PH off", "2026-09-29 12:00", "现在开放，到 21:00", "08:00–21:00"),
        ("08:00-21:00; PH off", "2026-09-29 21:00", "已关门", "08:00–21:00"),  # the closing minute is outside
        ("08:00-21:00; PH off", "2026-09-30 07:59", "现在关着，08:00 开放", "休息"),
        ("08:00-21:00; PH off", "2026-10-01 12:00", "休息", "休息"),
        ("22:00-06:00", "2026-09-29 23:00", "现在开放，到 次日06:00", "22:00–次日06:00"),
        ("22:00-06:00", "2026-09-29 03:00", "现在开放，到 06:00", "22:00–次日06:00"),  # yesterday's shift
        ("24/7", "2026-09-29 03:00", "现在开放，今明两天都不关门", "全天"),
        (OFFICE, "2026-10-09 12:00", "现在开放，到 17:30", "08:30–17:30"),  # 10 October is a make-up Saturday
        (None, "2026-09-29 12:00", "现在是否开放未知", "未知"),
        ("08:00-12:00 unknown", "2026-09-29 07:00", "现在关着，08:00 起未知", "未知"),
        ("08:00-12:00; Tu 13:00-14:00", "2026-09-28 07:00", "现在关着，08:00 开放", "13:00–14:00"),
    ],
)
def test_today_and_tomorrow(preview, expression, when, today, tomorrow):
    assert preview(expression, when)[:2] == (f"今天：{today}", f"明天：{tomorrow}")


def test_a_make_up_day_is_unknown_where_it_is_not_known_whether_it_is_held(preview):
    assert preview(OFFICE, "2026-10-09 12:00", follows=None)[1] == "明天：未知"
    assert preview(OFFICE, "2026-10-09 12:00", follows=False)[1] == "明天：休息"


def test_a_day_open_in_part_and_unknown_in_part_says_both(preview):
    lines = preview("Mo-Su 08:00-12:00, We 13:00-14:00 unknown", "2026-09-29 12:00")

    assert lines[1] == "明天：08:00–12:00，其余时间未知"


@pytest.mark.parametrize(
    ("when", "line"),
    [
        # The notices of 2025 and 2026, as typed in conftest.py.
        ("2025-12-30 12:00", "元旦（1月1日至3日）：休息"),
        ("2026-01-02 12:00", "春节（2月15日至23日）：休息"),  # within a holiday: the one after
        ("2026-03-01 12:00", "清明节（4月4日至6日）：休息"),
        ("2026-04-10 12:00", "劳动节（5月1日至5日）：休息"),
        ("2026-06-01 12:00", "端午节（6月19日至21日）：休息"),
        ("2026-07-01 12:00", "中秋节（9月25日至27日）：休息"),
        ("2026-09-29 12:00", "国庆（10月1日至7日）：休息"),
        ("2025-09-29 12:00", "国庆、中秋节（10月1日至8日）：休息"),
        ("2026-11-01 12:00", "节假日：之后的放假安排还没有公布"),
    ],
)
def test_the_next_holiday_by_its_name(preview, when, line):
    assert preview(OFFICE, when)[2] == line


def test_a_holiday_whose_days_differ_tells_them_apart(preview):
    # 2026-05-01 is a Friday.
    lines = preview("Mo-Fr 08:30-17:30", "2026-04-29 12:00", lang="en")

    assert lines[2] == "Labour Day (1–5 May): 1 May 08:30–17:30; 2–3 May closed; 4–5 May 08:30–17:30"


def test_the_lines_in_english(preview):
    assert preview("08:00-21:00; PH off", "2026-09-29 12:00", lang="en") == (
        "today: open until 21:00",
        "tomorrow: 08:00–21:00",
        "National Day (1–7 Oct): closed",
    )


def test_a_day_that_may_be_a_holiday_waits_for_the_notice(preview):
    # New Year 2027 may begin on 30 December; its notice is not in the calendar.
    assert preview(OFFICE, "2026-12-29 12:00")[1] == "明天：放假安排还没有公布，未知"
    assert preview(OFFICE, "2026-12-30 12:00")[0] == "今天：放假安排还没有公布，未知"


def test_the_sun_needs_a_region(preview):
    profile = RegionProfile("r", None, {}, "Asia/Shanghai", (116.6, 35.4, 117.0, 35.8), {}, country="CN")  # type: ignore[arg-type]

    assert preview("sunrise-sunset", "2026-06-01 12:00")[0] == "今天：现在是否开放未知"
    # Solar noon there is near 12:11, half a day's light after it 19:26 by an almanac for 35.6 N, give or take.
    found = preview("sunrise-sunset", "2026-06-01 12:00", profile=profile)[0]
    assert found.startswith("今天：现在开放，到 19:")


def test_a_region_without_holidays_has_no_third_line(preview):
    profile = RegionProfile("r", None, {}, "Europe/Helsinki", (24.8, 60.1, 25.0, 60.3), {})  # type: ignore[arg-type]
    lines = preview("08:00-21:00", "2026-06-01 12:00", profile=profile, calendar=None)

    # Noon in Shanghai is 7:00 in Helsinki.
    assert lines == ("今天：现在关着，08:00 开放", "明天：08:00–21:00")


def test_a_moment_without_a_zone_is_refused(calendar):
    with pytest.raises(InputError) as caught:
        preview_hours(None, follows_workdays=None, calendar=calendar, moment=datetime(2026, 1, 1), lang="zh")

    assert caught.value.key == "error.when_zone"
