"""The look: what must be legible is, and what is said of a moment is what a clock on the wall would say."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest

from stations.maps import style
from stations.model.answers import Arrival
from stations.model.keys import ArrivalState, Need, ServiceKey, StationKind

CHINA = timezone(timedelta(hours=8))
MONDAY = datetime(2026, 11, 2, 14, 20, tzinfo=CHINA)
AA_TEXT = 4.5


def luminance(colour):
    """WCAG 2.1, relative luminance."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_computed_as_the_standard_does():
    # black on white is 21 : 1 by definition, a colour on itself 1 : 1
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#777777") == 1


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("ground", ["ground", "panel"])
def test_texts_and_states_are_legible(theme, ground):
    behind = getattr(style.PAGE_SHADES[ground], theme)
    texts = {name: style.PAGE_SHADES[name] for name in ("ink", "muted", "link")} | style.STATE_SHADES
    weak = {name: contrast(getattr(shade, theme), behind) for name, shade in texts.items()}

    assert {name: ratio for name, ratio in weak.items() if ratio < AA_TEXT} == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    ("text", "ground"),
    [
        (style.PAGE_SHADES["notice-ink"], style.PAGE_SHADES["notice"]),
        (style.PAGE_SHADES["on-link"], style.PAGE_SHADES["link"]),
        (style.MAP_SHADES["label"], style.MAP_SHADES["ground"]),
        (style.MAP_SHADES["road-label"], style.MAP_SHADES["ground"]),
        (style.PAGE_SHADES["muted"], style.MAP_SHADES["ground"]),
    ],
)
def test_pairs_that_meet_are_legible(theme, text, ground):
    assert contrast(getattr(text, theme), getattr(ground, theme)) >= AA_TEXT


def test_everything_that_is_told_has_its_shape():
    wanted = {
        f"{room}.{key}"
        for room, kind in (("kind", StationKind), ("service", ServiceKey), ("need", Need))
        for key in kind
    }

    assert wanted <= set(style.SYMBOLS)
    assert set(ArrivalState) <= set(style.MARKS)
    assert set(style.MARKS) == set(style.STATE_SHADES)


def test_states_that_a_rider_can_use_differ_by_shape_not_only_by_colour():
    told = [style.MARKS[state] for state in ("open", "opens_later", "unknown", "closed", style.LOCKED)]

    assert len(set(told)) == len(told)


@pytest.mark.parametrize("key", sorted(style.SYMBOLS))
def test_a_symbol_is_one_path(key):
    assert re.fullmatch(r"[MLHVCAZmlhvcsaz0-9 .-]+", style.SYMBOLS[key])
    assert style.symbol_svg(key).count("<path") == 1


def test_css_names_every_shade_light_dark_and_on_paper():
    css = style.css_variables()

    # once for light and paper together, once for dark, once to keep paper light in the dark
    assert css.count("--state-open:") == 3
    assert css.count(f"--state-open:{style.STATE_SHADES['open'].dark}") == 1


def test_roads_are_drawn_from_thin_to_wide():
    widths = [rank.width_px for rank in style.ROAD_RANKS]

    assert all(len(width) == len(style.WIDTH_ZOOMS) for width in widths)
    assert all(list(width) == sorted(width) for width in widths)
    assert [width[-1] for width in widths] == sorted(width[-1] for width in widths)


@pytest.mark.parametrize(
    ("moment", "ending", "told"),
    [
        (MONDAY.replace(hour=21, minute=0), False, "21:00"),
        (datetime(2026, 11, 3, 8, 30, tzinfo=CHINA), False, "明天 08:30"),
        (datetime(2026, 11, 4, 8, 30, tzinfo=CHINA), False, "周三 08:30"),
        (datetime(2026, 11, 8, 8, 30, tzinfo=CHINA), False, "周日 08:30"),
        # a week ahead the weekday would be taken for today
        (datetime(2026, 11, 9, 8, 30, tzinfo=CHINA), False, "11月9日 08:30"),
        (datetime(2026, 11, 3, 0, 0, tzinfo=CHINA), True, "24:00"),
        (datetime(2026, 11, 3, 0, 0, tzinfo=CHINA), False, "明天 00:00"),
        (datetime(2026, 11, 3, 2, 0, tzinfo=CHINA), True, "明天 02:00"),
    ],
)
def test_a_moment_is_told_by_its_day(moment, ending, told):
    assert style.moment_words("zh", moment, when=MONDAY, ending=ending) == told


def test_a_moment_is_told_in_its_own_zone():
    # 2 November 18:30 UTC is 3 November 02:30 in China: the same day as 09:00 there
    assert (
        style.moment_words(
            "zh", datetime(2026, 11, 3, 9, 0, tzinfo=CHINA), when=datetime(2026, 11, 2, 18, 30, tzinfo=UTC)
        )
        == "09:00"
    )


@pytest.mark.parametrize(
    ("arrival", "travel_s", "told"),
    [
        (Arrival(ArrivalState.OPEN, 240, open_until=MONDAY.replace(hour=21, minute=0)), 240, "到达时开放，至 21:00"),
        (Arrival(ArrivalState.OPEN, 240), 240, "到达时开放，全天"),
        # 241 s of waiting are five minutes: nobody is promised a door sooner than it opens
        (Arrival(ArrivalState.OPENS_LATER, 481, opens_at=MONDAY), 240, "到达后 5 分钟开门"),
        (Arrival(ArrivalState.OPENS_LATER, 240 + 3600, opens_at=MONDAY), 240, "到达后 60 分钟开门"),
        (
            Arrival(ArrivalState.OPENS_LATER, 240 + 3601, opens_at=MONDAY.replace(hour=17, minute=0)),
            240,
            "到达时没开门，17:00 开",
        ),
        (Arrival(ArrivalState.CLOSES_BEFORE_ARRIVAL), 240, "到达前关门"),
        (Arrival(ArrivalState.CLOSED, opens_at=MONDAY + timedelta(days=1)), 240, "关门，明天 14:20 开"),
        (Arrival(ArrivalState.UNKNOWN), 240, "时间未核实"),
        (Arrival(ArrivalState.UNKNOWN, holidays_unconfirmed=True), 240, "节假日时间未确认"),
        # hours may be known well; it is the arrival that is not
        (Arrival(ArrivalState.UNKNOWN), None, "到达时间未知"),
    ],
)
def test_the_state_line(arrival, travel_s, told):
    assert style.arrival_words("zh", arrival, travel_s=travel_s, when=MONDAY) == told


@pytest.mark.parametrize(
    ("service", "count", "told"),
    [("rest", 12, "座位 12"), ("rest", None, "歇脚"), ("rest", 0, "座位 0"), ("shower", 2, "淋浴 2")],
)
def test_a_service_is_counted_where_it_can_be(service, count, told):
    assert style.service_words("zh", service, count) == told


def test_services_stand_in_one_order():
    assert style.sorted_services({"wifi": None, "meal": None, "rest": 3}) == [
        ("meal", None),
        ("rest", 3),
        ("wifi", None),
    ]
