"""Every table of the planner as a file: the same numbers in each format, and how they were made."""

from __future__ import annotations

import csv
import io
import json
import tempfile
import zipfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pyogrio
import pytest
import shapely

from stations.errors import InputError, UnknownThingError
from stations.model.keys import Need, TravelMode
from stations.model.queries import CoverageQuery
from stations.services.build import build_region
from stations.services.coverage import compare_placed_and_usable, measure_coverage
from stations.services.layer_files import FORMATS, file_bytes
from stations.services.planner_export import EXPORTS, planner_file
from stations.services.region import load_region
from stations.services.resilience import measure_resilience
from stations.services.week import ALL_ROWS, measure_week

ZONE = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 16, 12, tzinfo=ZONE)
NIGHT = datetime(2026, 11, 16, 3, tzinfo=ZONE)
QUERY = CoverageQuery(TravelMode.WALK, 6.0, needs=(Need.TIRED,), when=NIGHT)
LACKING = CoverageQuery(TravelMode.WALK, 6.0, needs=(Need.TOILET,), when=NIGHT)
LIVE = "=1+1"


@pytest.fixture(scope="module")
def region(town):
    return load_region(town.settings)


@pytest.fixture
def export(region):
    def write(name, form, query=None, lang="en", of=None):
        query = query or (LACKING if name == "remedies" else QUERY)
        return file_bytes(planner_file(name, query, of or region, made_at=NOON, lang=lang), form)

    return write


def from_zip(content):
    archive = zipfile.ZipFile(io.BytesIO(content))
    (table,) = [name for name in archive.namelist() if name.endswith(".csv")]
    (method,) = [name for name in archive.namelist() if name.endswith("-method.txt")]
    rows = list(csv.DictReader(io.StringIO(archive.read(table).decode("utf-8-sig"), newline="")))
    return rows, archive.read(method).decode("utf-8-sig")


def from_gpkg(content, layer):
    """Return the rows of a layer, and its geometries or None."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "out.gpkg"
        path.write_bytes(content)
        meta, _, geometry, values = pyogrio.raw.read(path, layer=layer)
    rows = [dict(zip(meta["fields"], cells, strict=True)) for cells in zip(*values, strict=True)]
    return rows, None if geometry is None else shapely.from_wkb(geometry)


def from_xlsx(content):
    book = openpyxl.load_workbook(io.BytesIO(content))
    table, method = (list(sheet.values) for sheet in book.worksheets)
    return table, dict(method)


@pytest.mark.parametrize("name", EXPORTS)
def test_every_format_holds_the_same_rows(export, name):
    features = json.loads(export(name, "geojson"))["features"]
    plain, _ = from_zip(export(name, "csv"))
    packed, places = from_gpkg(export(name, "gpkg"), name)
    (heading, *worded), _ = from_xlsx(export(name, "xlsx"))  # where ids that only tell rows apart are left out

    assert features
    assert len(features) == len(plain) == len(packed) == len(worded)
    assert len(set(heading)) == len(heading) == len(set(plain[0]) - {"area_id", "row_id"})
    for feature, row, pack, words in zip(features, plain, packed, worded, strict=True):
        for column, value in feature["properties"].items():
            told = str(value).lower() if isinstance(value, bool) else value
            assert row[column] == ("" if value is None else str(told))
            assert pack[column] == pytest.approx(told, nan_ok=True) if isinstance(told, float | int) else True
        assert not set(map(type, words)) - {str, int, float, type(None)}
    drawn = [None if one["geometry"] is None else shapely.geometry.shape(one["geometry"]) for one in features]
    assert [None] * len(drawn) == drawn if places is None else all(map(shapely.equals, drawn, places))


@pytest.mark.parametrize("name", EXPORTS)
def test_every_file_says_how_it_was_made(export, name):
    method = json.loads(export(name, "geojson"))["method"]
    _, text = from_zip(export(name, "csv"))
    packed, _ = from_gpkg(export(name, "gpkg"), "method")
    _, sheet = from_xlsx(export(name, "xlsx"))

    always = {
        "region", "sample", "made_at", "date_roads", "source_roads", "date_stations", "source_stations", "mode",
        "speed", "parking", "measured", "cutoff", "hour", "entry", "layer", "counts", "year", "source_demand", "limits",
        "coordinates",
    }  # fmt: skip
    assert always <= set(method)
    assert name == "week" or {"counted", "counted_unknown", "covered", "gap", "unknown", "unknown_why"} <= set(method)
    assert {row["key"]: row["text"] for row in packed} == method
    assert list(sheet.values()) == list(method.values())
    assert text.splitlines() == [f"{label}: {told}" for label, told in sheet.items()]


def test_the_method_tells_the_question_and_what_is_unknown(export):
    method = json.loads(export("coverage", "geojson"))["method"]

    # By night, walking 6 minutes: whoever lives far from any road is unknown, and so is the way into q at Q
    assert method["sample"].startswith("yes")
    assert (method["speed"], method["cutoff"][:9]) == ("3.6 km/h along roads", "6 minutes")
    assert method["hour"] == "2026-11-16 03:00 +0800"
    assert method["measured"].startswith("no")
    assert method["unknown"] == "50 / 650 (7.7%)"
    assert "too far from any road 50;" in method["unknown_why"]


@pytest.mark.parametrize(("query", "told"), [(QUERY, "by night"), (CoverageQuery(TravelMode.WALK, 6.0), "any")])
def test_coverage_is_that_of_the_screen(export, region, query, told):
    answer = measure_coverage(query, region)
    rows = [one["properties"] for one in json.loads(export("coverage", "geojson", query))["features"]]

    assert [row["covered"] for row in rows] == [answer.whole.covered, *(one.covered for one in answer.townships)]
    assert [row["area"] for row in rows] == ["Town", "镇"]
    demand = [one["properties"]["state"] for one in json.loads(export("demand", "geojson", query))["features"]]
    assert demand == list(answer.states)
    assert told


def test_the_week_is_that_of_its_day(export, region):
    answer = measure_week(QUERY, region, week=NIGHT.date(), rows=(Need.TIRED,))
    rows = [one["properties"] for one in json.loads(export("week", "geojson"))["features"]]

    assert [row["covered_share"] for row in rows[:168]] == [round(share, 6) for share in answer.rows[0].shares]
    assert (rows[167]["day"], rows[167]["hour"], len(rows)) == ("2026-11-22", 23, 168)


def test_a_week_of_what_is_not_asked_holds_every_need_and_service(export, region):
    plain = replace(QUERY, needs=())
    content = json.loads(export("week", "geojson", plain))

    assert len(content["features"]) == 168 * len(ALL_ROWS)
    assert content["method"]["asked"] == "every need and service"
    assert json.loads(export("week", "geojson"))["method"]["asked"] == "Tired"


def test_coverage_tells_what_is_on_paper_and_at_other_speeds(export, region):
    compared = compare_placed_and_usable(LACKING, region)
    whole, *townships = [one["properties"] for one in json.loads(export("coverage", "geojson", LACKING))["features"]]

    assert whole["placed_share"] == round(compared.placed.whole.covered_share, 6) > whole["covered_share"]
    assert [one["placed_share"] for one in townships] == [
        round(one.covered_share, 6) for one in compared.placed.townships
    ]
    speeds = compared.usable.speeds
    told = [one and round(one.covered_share, 6) for one in (speeds.slower, speeds.faster)]
    assert [whole["slower_share"], whole["faster_share"]] == told
    method = json.loads(export("coverage", "geojson", LACKING))["method"]
    assert method["placed"].endswith(f"({whole['placed_share']:.1%})")
    assert "3.6" in method["speed_range"]


def test_a_workbook_is_made_to_be_read_and_printed(export):
    rows, method = openpyxl.load_workbook(io.BytesIO(export("coverage", "xlsx", LACKING))).worksheets
    heading = {cell.value: cell.column for cell in rows[1]}

    assert rows.cell(2, heading["covered share"]).number_format.startswith("0.0%")
    assert rows.cell(2, heading["demand"]).number_format.startswith("#,##0")
    assert rows.cell(1, 1).font.bold
    assert (rows.freeze_panes, rows.print_title_rows, rows.auto_filter.ref) == ("A2", "$1:$1", "A1:R3")
    assert (rows.page_setup.orientation, rows.sheet_properties.pageSetUpPr.fitToPage) == ("landscape", True)
    assert rows.oddHeader.left.text == "Town · &A · sample data"
    assert "cutoff: 6 minutes" in rows.oddFooter.left.text
    assert method["B3"].alignment.wrap_text


def test_differences_and_remedies_are_those_of_the_screen(export, region):
    lost = [one["properties"] for one in json.loads(export("differences", "geojson", LACKING))["features"]]
    helped = [one["properties"] for one in json.loads(export("remedies", "geojson"))["features"]]

    assert [(one["station_id"], one["reason"], one["weight"]) for one in lost] == [
        (one.station_id, one.why, one.weight) for one in compare_placed_and_usable(LACKING, region).stations
    ]
    # by night, walking 6 minutes to a toilet: e would serve 400, if it had one
    assert [(one["station_id"], one["remedy"], one["weight"]) for one in helped] == [("e", "service", 400.0)]


def test_losses_are_those_of_the_screen(export, region):
    answer = measure_resilience(QUERY, region)
    rows = [one["properties"] for one in json.loads(export("resilience", "geojson"))["features"]]
    lost = {row["station_id"]: row["weight_lost"] for row in rows}

    assert lost == {one.station_id: one.weight_lost for one in answer.losses} | dict.fromkeys(
        answer.missed_by_nobody, 0
    )


def test_stations_of_unknown_hours_are_told_apart(export):
    rows = [one["properties"] for one in json.loads(export("stations", "geojson"))["features"]]

    assert {row["station_id"]: row["counts"] for row in rows} == {"e": "yes", "q": "unknown"}


def test_no_cell_is_a_formula(make_town, tmp_path, export):
    made = make_town(tmp_path)
    for file in ("stations.csv", "demand.csv", "places.csv"):
        path = made.settings.region / file
        text = path.read_text(encoding="utf-8").replace("站 ", f"{LIVE}站 ").replace(",far,", f",{LIVE},")
        path.write_text(text.replace("A村", f"{LIVE}村"), encoding="utf-8")
    list(build_region(made.settings))
    live = load_region(made.settings)

    for name in ("demand", "gaps", "stations", "catchments", "resilience"):
        rows, _ = from_zip(export(name, "csv", of=live))
        cells = [cell for row in rows for cell in row.values()]
        assert not [cell for cell in cells if cell.startswith("=")]
        book = openpyxl.load_workbook(io.BytesIO(export(name, "xlsx", of=live)))
        found = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
        assert not [cell for cell in found if cell.data_type == "f"]
        assert any(str(cell.value).startswith(LIVE) for cell in found)
        assert any(cell.startswith(f"'{LIVE}") for cell in cells)


@pytest.mark.parametrize("form", FORMATS)
def test_a_table_without_rows_can_be_written(export, form):
    nobody = CoverageQuery(TravelMode.WALK, 6.0, services=("shower",), when=NIGHT)

    assert export("catchments", form, nobody)


def test_what_is_not_there_is_said(export):
    with pytest.raises(UnknownThingError, match="rivers"):
        export("rivers", "csv")
    with pytest.raises(UnknownThingError, match="pdf"):
        export("gaps", "pdf")
    with pytest.raises(UnknownThingError):
        export("gaps", "csv", CoverageQuery(TravelMode.WALK, 6.0, layer="nobody"))
    with pytest.raises(InputError):
        export("gaps", "csv", CoverageQuery(TravelMode.WALK, 31.0))
