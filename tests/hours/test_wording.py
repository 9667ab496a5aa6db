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
        ("sunrise-sunset", "每天 日出–日落", "daily sunrise–sunset"),
        ("Mo-Fr 08:00-sunset", "周一至周五 08:00–日落", "Mon–Fri 08:00–sunset"),
        ("Nov-Mar 08:00-17:00", "11月至次年3月 每天 08:00–17:00", "Nov–Mar daily 08:00–17:00"),
        (
            "May-Sep Mo-Fr 08:00-18:00; Oct-Apr Mo-Fr 08:30-17:30; PH off",
            "5月至9月 周一至周五 08:00–18:00；10月至次年4月 周一至周五 08:30–17:30；节假日休息",
            "May–Sep Mon–Fri 08:00–18:00; Oct–Apr Mon–Fri 08:30–17:30; closed public holidays",
        ),
        (
            "May 01-Oct 07 08:00-18:00; Oct 08-Apr 30 08:30-17:30",
            "5月1日至10月7日 每天 08:00–18:00；10月8日至次年4月30日 每天 08:30–17:30",
            "1 May–7 Oct daily 08:00–18:00; 8 Oct–30 Apr daily 08:30–17:30",
        ),
        (
            "08:00-18:00; Jun-Aug Mo off; Jan 01,Oct 01-Oct 03 off",
            "每天 08:00–18:00；6月至8月 周一休息；1月1日、10月1日至3日休息",
            "daily 08:00–18:00; closed Jun–Aug Mon; closed 1 Jan, 1–3 Oct",
        ),
        (
            "08:00-18:00; Jun-Aug PH 09:00-12:00",
            "每天 08:00–18:00；6月至8月 节假日 09:00–12:00",
            "daily 08:00–18:00; Jun–Aug public holidays 09:00–12:00",
        ),
        (
            "08:00-18:00; 2026 Feb 16-2026 Feb 22 off; 2026 Dec 31-2027 Jan 02 09:00-12:00",
            "每天 08:00–18:00；2026年2月16日至22日休息；2026年12月31日至2027年1月2日 每天 09:00–12:00",
            "daily 08:00–18:00; closed 16–22 Feb 2026; 31 Dec 2026–2 Jan 2027 daily 09:00–12:00",
        ),
        (
            "Mo-Sa 09:00-17:00; Mo[1] off; Sa[1],Sa[3] 09:00-12:00; Fr[-1] off",
            "周一至周六 09:00–17:00；每月第一个周一休息；每月第一、三个周六 09:00–12:00；每月最后一个周五休息",
            "Mon–Sat 09:00–17:00; closed first Mon of the month; first, third Sat of the month 09:00–12:00; "
            "closed last Fri of the month",
        ),
        (
            "Mo-Fr 08:00-17:00; SH off",
            "周一至周五 08:00–17:00；寒暑假休息",
            "Mon–Fri 08:00–17:00; closed school holidays",
        ),
        # What overrides something more special, and what has no short words, stays as it was written.
        ("Jul-Aug 08:00-12:00; Mo-Fr 08:00-17:00", *["Jul-Aug 08:00-12:00; Mo-Fr 08:00-17:00"] * 2),
        ("week 01-10 08:00-17:00", *["week 01-10 08:00-17:00"] * 2),
        ("(sunrise+01:00)-12:00", *["(sunrise+01:00)-12:00"] * 2),
        ("easter off", *["easter off"] * 2),
        ('Mo-Fr "预约"', 'Mo-Fr "预约"', 'Mo-Fr "预约"'),
        ("Mo-Fr 08:00-17:00; PH Mo 09:00-10:00", *["Mo-Fr 08:00-17:00; PH Mo 09:00-10:00"] * 2),
    ],
)
def test_hours_in_words(text, chinese, english):
    assert describe_hours(text, "zh") == chinese
    assert describe_hours(text, "en") == english


def test_words_are_found_once_for_each_text_and_language():
    text = "Mo-Sa 06:17-21:43; PH off"

    assert describe_hours(text, "zh") is describe_hours(text, "zh")  # a page of saved scenarios asks for thousands
    assert describe_hours(text, "en") != describe_hours(text, "zh")
