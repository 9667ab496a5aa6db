"""Suggested sites as files, in the town of `tests/conftest.py`; what is suggested is counted in `test_siting`."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pyogrio
import pytest

from stations.loaders.layer_writing import csv_text
from stations.model.keys import Need, TravelMode
from stations.model.queries import CoverageQuery
from stations.model.siting import OptionKind, SitingGoal, SitingQuery
from stations.services.layer_files import file_bytes
from stations.services.region import load_region
from stations.services.siting import suggest_sites
from stations.services.siting_export import siting_file
from stations.services.siting_json import siting_collection
from stations.texts import say

NOON = datetime(2026, 11, 16, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
QUERY = SitingQuery(CoverageQuery(TravelMode.WALK, 310 / 60), new=1)


@pytest.fixture(scope="module")
def region(town):
    return load_region(town.settings)


def made(query, region):
    found = json.loads(json.dumps(siting_collection(suggest_sites(query, region), region)))  # as a job hands it back
    return found, siting_file(found, query.coverage, region, made_at=NOON, lang="en")


def test_every_format_holds_the_suggestions(region):
    found, file = made(QUERY, region)
    (site,) = found["features"]
    told = site["properties"]
    (row,) = csv.DictReader(io.StringIO(csv_text(file).removeprefix("\ufeff")))
    (feature,) = json.loads(file_bytes(file, "geojson"))["features"]
    heading, worded = openpyxl.load_workbook(io.BytesIO(file_bytes(file, "xlsx"))).worksheets[0].values
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "siting.gpkg"
        path.write_bytes(file_bytes(file, "gpkg"))
        packed = pyogrio.read_dataframe(path, layer="siting").iloc[0]

    assert (row["name"], float(row["newly_covered"])) == (told["name"], told["covered"])
    assert float(row["saved_h"]) == round(told["saved_s"] / 3600, 1)
    assert (row["relieves"] or None) == (";".join(told["relieves"]) or None)
    assert [region.station(one).name for one in told["relieves"]] == [
        one for one in row["relieves_names"].split("、") if one
    ]
    assert feature["geometry"] == site["geometry"]
    assert [float(row["lon"]), float(row["lat"])] == site["geometry"]["coordinates"]
    assert (packed["newly_covered"], packed.geometry.x) == (told["covered"], site["geometry"]["coordinates"][0])
    assert dict(zip(heading, worded, strict=True))["newly covered"] == told["covered"]


def test_the_method_tells_goal_candidates_and_how_good_it_is(region):
    found, file = made(QUERY, region)
    method = {line.key: line.text for line in file.method}

    assert method["cutoff"].startswith("5.16")
    assert method["sites_goal"] == "most newly covered; all stations stay"
    assert method["sites_options"] == "new site 1"
    assert method["sites_candidates"].startswith(f"communities and places · {found['candidates']} candidates")
    before, after = (f"{found[name] / found['weight']:.1%}" for name in ("covered_before", "covered_after"))
    assert before in method["sites_covered"]
    assert after in method["sites_covered"]
    assert method["sites_proof"].endswith("not proven best")
    _, proven = made(SitingQuery(QUERY.coverage, new=1, proof_s=10.0), region)
    assert {line.key: line.text for line in proven.method}["sites_proof"] != method["sites_proof"]


def test_a_share_that_is_reached_leaves_an_empty_table(region):
    query = SitingQuery(QUERY.coverage, new=2, goal=SitingGoal.FEWEST, target_share=0.01)
    found, file = made(query, region)

    assert found["features"] == []
    assert json.loads(file_bytes(file, "geojson"))["features"] == []
    assert [len(file_bytes(file, form)) > 0 for form in ("csv", "xlsx", "gpkg")] == [True] * 3
    assert {line.key: line.text for line in file.method}["sites_target_share"] == "1.0%"


def test_changes_at_stations_through_chosen_hours_are_told(region):
    asked = CoverageQuery(TravelMode.WALK, 6.0, needs=(Need.TOILET,))
    options = (OptionKind.SITES, OptionKind.HOURS, OptionKind.SERVICES)
    query = SitingQuery(asked, new=1, options=options, hours="night", week=NOON.date(), floor=0.1)
    found, file = made(query, region)
    method = {line.key: line.text for line in file.method}
    sheet = openpyxl.load_workbook(io.BytesIO(file_bytes(file, "xlsx"))).worksheets[0]
    heading, *rows = sheet.values

    assert f"{found['hour_count']}" in method["hour"]
    assert "counted" not in method  # which stations count differs from hour to hour
    assert method["sites_floor"].startswith("10.0% (镇 ")
    kinds = [one["properties"]["kinds"] for one in found["features"]]
    worded = [dict(zip(heading, row, strict=True))["what to do"] for row in rows]
    assert worded == ["、".join(say("en", f"siting.kind_{kind}") for kind in one) for one in kinds]


def test_a_station_that_is_gone_since_is_told_by_its_id(region):
    found, _ = made(QUERY, region)
    found["features"][0]["properties"]["relieves"] = ["e", "gone"]
    file = siting_file(found, QUERY.coverage, region, made_at=NOON, lang="en")

    assert list(file.columns["relieves_names"]) == [f"{region.station('e').name}、gone"]
