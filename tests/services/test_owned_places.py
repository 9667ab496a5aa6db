"""Places that the district owns, brought into the town of `tests/conftest.py`."""

from __future__ import annotations

import geopandas
import openpyxl
import pytest

from stations.cli.main import main
from stations.errors import FileError, InputError, RefusedListError, UnknownThingError
from stations.geo.datum import from_wgs84
from stations.model.keys import Datum, TravelMode
from stations.model.queries import CoverageQuery
from stations.model.siting import CandidateSource, SitingQuery
from stations.services.build import build_region
from stations.services.owned_places import import_owned, remove_owned
from stations.services.problem_words import say_problem
from stations.services.region import load_region
from stations.services.siting import suggest_sites

OWNED = SitingQuery(CoverageQuery(TravelMode.WALK, 310 / 60), new=1, source=CandidateSource.OWNED)


@pytest.fixture
def own(make_town, tmp_path):
    town = make_town(tmp_path)
    list(build_region(town.settings))
    return town


def written(own, name, *rows):
    path = own.settings.region.parent / name
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


def test_a_list_is_what_new_sites_are_chosen_from(own):
    rows = [f"旧仓库{key},镇,{own.places[key][0]},{own.places[key][1]}" for key in "AB"]
    brought = import_owned(written(own, "own.csv", "名称,镇街,经度,纬度", *rows), Datum.WGS84, own.settings)
    region = load_region(own.settings)
    answer = suggest_sites(OWNED, region)

    assert brought.count == answer.candidates == 2
    assert [(one.name, one.township) for one in region.owned] == [("旧仓库A", "镇"), ("旧仓库B", "镇")]
    assert [one.option.name for one in answer.suggestions] == ["旧仓库B"]


def test_without_a_list_it_is_said_how_to_bring_one(own):
    with pytest.raises(InputError) as error:
        suggest_sites(OWNED, load_region(own.settings))

    assert error.value.key == "siting.no_owned"


def test_the_datum_is_what_was_said(own):
    lon, lat = own.places["B"]
    east, north = from_wgs84(lon, lat, Datum.GCJ02)
    import_owned(written(own, "own.csv", "名称,经度,纬度", f"旧仓库,{east},{north}"), Datum.GCJ02, own.settings)
    (place,) = load_region(own.settings).owned

    assert (place.lon, place.lat) == pytest.approx((lon, lat), abs=2e-7)
    assert place.township == "镇"  # of the nearest community


def test_workbooks_and_features_are_read_and_names_alone_are_looked_up(own, tmp_path):
    book = openpyxl.Workbook()
    for row in (["区里的空房一览"], ["序号", "名称", "镇街"], [1, "C村", "镇"]):
        book.active.append(row)
    book.save(tmp_path / "own.xlsx")
    import_owned(tmp_path / "own.xlsx", Datum.WGS84, own.settings)
    (by_name,) = load_region(own.settings).owned
    points = geopandas.points_from_xy([own.places["A"][0]], [own.places["A"][1]], crs="EPSG:4326")
    frame = geopandas.GeoDataFrame({"name": ["旧校舍"]}, geometry=points).to_crs("EPSG:4527")
    frame.to_file(tmp_path / "own.gpkg", driver="GPKG")
    import_owned(tmp_path / "own.gpkg", Datum.WGS84, own.settings)
    (feature,) = load_region(own.settings).owned

    assert (by_name.name, by_name.lon, by_name.lat) == ("C村", *own.places["C"])
    assert (feature.name, feature.lon, feature.lat) == (
        "旧校舍",
        *(pytest.approx(x, abs=1e-6) for x in own.places["A"]),
    )


def test_bad_rows_are_told_by_row_and_the_old_list_stays(own):
    lon, lat = own.places["A"]
    good = written(own, "good.csv", "name,lon,lat", f"空房,{lon},{lat}")
    import_owned(good, Datum.WGS84, own.settings)
    rows = ["名称,经度,纬度", f"甲,{lon},{lat}", f"甲,{lon},{lat}", "乙,10,10", "丙,,", f"丁,x,{lat}", f",{lon},{lat}"]
    with pytest.raises(RefusedListError) as error:
        import_owned(written(own, "bad.csv", *rows[:5], rows[5]), Datum.WGS84, own.settings)
    with pytest.raises(RefusedListError) as placed:
        import_owned(written(own, "bad.csv", *rows[:4], rows[6]), Datum.WGS84, own.settings)

    assert [(one.key, one.row) for one in error.value.problems] == [("list.place_unknown", 5), ("list.number", 6)]
    found = [(one.key, one.row) for one in placed.value.problems]
    assert found == [("candidate.name_twice", 3), ("candidate.outside", 4), ("list.empty", 5)]
    for lang in ("zh", "en"):
        assert all(say_problem(lang, one) for one in (*error.value.problems, *placed.value.problems))
    assert [one.name for one in load_region(own.settings).owned] == ["空房"]


@pytest.mark.parametrize(
    ("name", "content"), [("own.pdf", "x"), ("own.csv", ""), ("own.csv", "name,lon,lat"), ("own.csv", "甲,乙\n1,2")]
)
def test_what_is_no_list_is_refused(own, name, content):
    with pytest.raises((FileError, RefusedListError)):
        import_owned(written(own, name, content), Datum.WGS84, own.settings)


def test_a_place_is_taken_out_by_name_and_the_file_with_the_last(own):
    rows = [f"{name},{own.places['A'][0]},{own.places['A'][1]}" for name in ("甲", "乙")]
    import_owned(written(own, "own.csv", "name,lon,lat", *rows), Datum.WGS84, own.settings)
    with pytest.raises(UnknownThingError):
        remove_owned("丙", own.settings)
    remove_owned("甲", own.settings)

    assert [one.name for one in load_region(own.settings).owned] == ["乙"]
    remove_owned("乙", own.settings)
    assert load_region(own.settings).owned == ()


def test_the_terminal_brings_lists_and_removes(own, capsys, monkeypatch):
    monkeypatch.setenv("STATIONS_INSTANCE", str(own.settings.instance))
    path = written(own, "own.csv", "name,lon,lat", f"空房,{own.places['B'][0]},{own.places['B'][1]}")
    region = ["--region", str(own.settings.region), "candidates"]
    assert main([*region, "import", str(path), "--datum", "wgs84"], serve=lambda *_: None) == 0
    assert main([*region, "list"], serve=lambda *_: None) == 0
    assert main([*region, "remove", "空房"], serve=lambda *_: None) == 0
    assert main([*region, "remove", "空房"], serve=lambda *_: None) != 0

    assert "空房  镇" in capsys.readouterr().out
