"""A township as a drawing: shares of a bar, minutes on a scale."""

from __future__ import annotations

import re

from stations.maps.township_chart import WIDTH, draw_township
from stations.model.coverage import CoverageShare


def share(**given):
    told = {"covered": 50.0, "gap": 30.0, "unknown": 20.0, "median_min": 7.0, "p90_min": 21.0, **given}
    return CoverageShare(
        area="镇", weight=told["covered"] + told["gap"] + told["unknown"], share_within={}, beyond_table=0.0,
        off_network=0.0, **told,
    )  # fmt: skip


def test_the_bar_is_as_long_as_its_shares_and_each_is_filled_in_its_own_way():
    drawn = draw_township(share(), cutoff_min=14, limit_min=35)
    parts = re.findall(
        r'<rect class="(covered|gap|unknown)" x="([\d.]+)" width="([\d.]+)"[^>]*?(?:fill="([^"]+)")?/>', drawn
    )

    assert [(name, float(x) / WIDTH, float(width) / WIDTH) for name, x, width, _ in parts] == [
        ("covered", 0.0, 0.5),
        ("gap", 0.5, 0.3),
        ("unknown", 0.8, 0.2),
    ]
    assert len({fill for *_, fill in parts}) == 3


def test_minutes_stand_in_order_and_beyond_the_table_is_an_arrow():
    near = draw_township(share(), cutoff_min=14, limit_min=35)
    median, p90 = (float(re.search(rf'class="{name}" cx="([\d.]+)"', near)[1]) for name in ("median", "p90"))
    cutoff = float(re.search(r'class="cutoff" d="M([\d.]+)', near)[1])
    assert median < cutoff < p90

    far = draw_township(share(p90_min=None), cutoff_min=14, limit_min=35)
    assert 'class="p90 beyond"' in far
    assert 'class="median" cx' in far


def test_where_nothing_is_known_no_minutes_stand_and_without_demand_nothing():
    unknown = share(covered=0.0, gap=0.0, median_min=None, p90_min=None)
    assert "beyond" not in draw_township(unknown, cutoff_min=14, limit_min=35)

    empty = share(covered=0.0, gap=0.0, unknown=0.0, median_min=None, p90_min=None)
    assert "rect" not in draw_township(empty, cutoff_min=14, limit_min=35)
