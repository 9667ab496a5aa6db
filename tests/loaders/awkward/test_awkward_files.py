"""Station lists as people have them and as people should not have them, each with the outcome derived by hand.

Every file is made here, but for two that no library of the project can write: ``old.xls`` (a title merged over the
table, a township merged over its two rows, a day as Excel keeps it) and ``password.xlsx`` (encrypted by Excel's own
method).
"""

from __future__ import annotations

import datetime
import io
import json
import os
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely
from openpyxl import Workbook
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter

from stations.errors import FileError
from stations.geo.datum import to_wgs84
from stations.loaders.station_list import read_station_list
from stations.model.keys import ClosureReason, Datum, EntryMethod, ServiceKey, StationKind
from stations.model.listing import ListOptions
from stations.texts import LANGUAGES, say

HERE = Path(__file__).parent
BOUNDS = (116.6, 35.4, 117.0, 35.75)
HEAD = ["名称", "类型", "经度", "纬度"]
ONE = ["兖新苑一号", "兖新苑", 116.82, 35.56]
TWO = ["司机之家二号", "司机之家", 116.83, 35.57]
NAMES = ("兖新苑一号", "司机之家二号")
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


@dataclass(frozen=True)
class Case:
    """A file and what is to come of it.

    `problems` are (key without its section, row, column); `seen` are attributes of the stations read, each a value for
    every station in order; `refused` is the key of the error where the file is refused whole.
    """

    name: str
    make: Callable[[Path], object]
    rows: int = 0
    names: tuple[str, ...] = ()
    problems: tuple[tuple[str, int | None, str | None], ...] = ()
    seen: Mapping[str, tuple[object, ...]] = field(default_factory=dict)
    refused: str | None = None
    options: Mapping[str, object] = field(default_factory=dict)
    bounds: tuple[float, float, float, float] = BOUNDS


# ---- Builders: each returns what writes the file


def text(*lines: str, encoding: str = "utf-8", end: str = "\n"):
    return lambda path: path.write_bytes(end.join(lines).encode(encoding))


def table(*rows: list[object], head: list[str] | None = None, encoding: str = "utf-8", mark: str = ","):
    lines = [mark.join(str(cell) for cell in row) for row in [head or HEAD, *rows]]
    return text(*lines, encoding=encoding)


def extra(heading: str, *cells: str):
    """Both good rows with one more column."""
    return table(*([*row, cell] for row, cell in zip((ONE, TWO), cells, strict=False)), head=[*HEAD, heading])


def content(words: bytes):
    return lambda path: path.write_bytes(words)


def sheet(*rows: list[object], merge: tuple[str, ...] = (), at: tuple[int, int] = (1, 1), **sheets: list[list[object]]):
    """A workbook with one sheet 表, and further ones by name; a name that begins with `hidden` is hidden."""

    def make(path: Path) -> None:
        book = Workbook()
        book.active.title = "表"
        _fill(book.active, rows, at)
        for cells in merge:
            book.active.merge_cells(cells)
        for name, other in sheets.items():
            added = book.create_sheet(name)
            _fill(added, other, (1, 1))
            added.sheet_state = "hidden" if name.startswith("hidden") else "visible"
        book.save(path)

    return make


def _fill(target, rows, at):
    for number, row in enumerate(rows, start=at[0]):
        for place, value in enumerate(row, start=at[1]):
            if value is not None:
                target.cell(number, place, value)


def raw_sheet(rows: str, **entries: bytes):
    """A workbook whose one sheet is written by hand, with more entries in its zip."""

    def make(path: Path) -> None:
        plain = io.BytesIO()
        Workbook().save(plain)
        xml = f'<?xml version="1.0"?><worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'.encode()
        with zipfile.ZipFile(plain) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
            for entry in source.infolist():
                own = entry.filename == "xl/worksheets/sheet1.xml"
                target.writestr(entry, xml if own else source.read(entry))
            for name, body in entries.items():
                target.writestr(name.replace("__", "/"), body)

    return make


def raw_row(number: int, *cells: str) -> str:
    return f'<row r="{number}">' + "".join(cells) + "</row>"


def raw_text(reference: str, words: str) -> str:
    return f'<c r="{reference}" t="inlineStr"><is><t>{words}</t></is></c>'


def raw_number(reference: str, number: float) -> str:
    return f'<c r="{reference}"><v>{number}</v></c>'


RAW_HEAD = raw_row(1, *(raw_text(f"{letter}1", words) for letter, words in zip("ABCD", HEAD, strict=True)))
RAW_ONE = raw_row(2, raw_text("A2", ONE[0]), raw_text("B2", ONE[1]), raw_number("C2", 116.82), raw_number("D2", 35.56))


def cut(make, share: float = 0.5):
    def shorten(path: Path) -> None:
        make(path)
        whole = path.read_bytes()
        path.write_bytes(whole[: int(len(whole) * share)])

    return shorten


def bomb(path: Path, *, lie: bool = False) -> None:
    """300 MB of one letter in an entry of a workbook; `lie` says in its headers that it is 10 bytes."""
    sheet(HEAD, ONE)(path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/bomb.xml", "w") as entry:
        for _ in range(300):
            entry.write(b" " * 1_000_000)
    if lie:
        whole = bytearray(path.read_bytes())
        size, small = struct.pack("<L", 300_000_000), struct.pack("<L", 10)
        crc = struct.pack("<L", zlib.crc32(b" " * 1_000_000))
        path.write_bytes(bytes(whole).replace(size, small).replace(crc, crc))


def zipped(**entries: bytes):
    def make(path: Path) -> None:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, body in entries.items():
                archive.writestr(name.replace("__", "/"), body)

    return make


def nested_bomb(path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("big", b"0" * 50_000_000)
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(20):
            archive.writestr(f"{number}.zip", inner.getvalue())


def locked_zip(path: Path) -> None:
    sheet(HEAD, ONE)(path)
    whole = bytearray(path.read_bytes())
    central = whole.find(b"PK\x01\x02")
    whole[central + 8] |= 1  # the flag "encrypted" of the first entry
    path.write_bytes(whole)


def locked_xls(path: Path) -> None:
    whole = bytearray((HERE / "old.xls").read_bytes())
    assert whole[512:514] == b"\x09\x08", "the workbook begins in the first sector"
    second = 512 + 4 + struct.unpack("<H", whole[514:516])[0]
    whole[second : second + 2] = b"\x2f\x00"  # the record after the first becomes FILEPASS
    path.write_bytes(whole)


def copied(name: str):
    return lambda path: path.write_bytes((HERE / name).read_bytes())


def geojson(*features: object, **members: object):
    body = {"type": "FeatureCollection", **members, "features": list(features)}
    return lambda path: path.write_text(json.dumps(body, ensure_ascii=False), "utf-8")


def point(x: float, y: float, **properties: object):
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": [x, y]}, "properties": properties}


def geopackage(*layers: tuple[str, str, list[object], dict[str, list[object]]]):
    """Layers of name, coordinate system, geometries and attributes."""

    def make(path: Path) -> None:
        for number, (name, crs, shapes, attributes) in enumerate(layers):
            pyogrio.raw.write(
                path,
                shapely.to_wkb(shapes),
                field_data=[np.array(values, dtype=object) for values in attributes.values()],
                fields=np.array(list(attributes), dtype=object),
                layer=name,
                geometry_type=shapes[0].geom_type,
                crs=crs,
                driver="GPKG",
                append=number > 0,
            )

    return make


def kml(*marks: str, head: str = '<?xml version="1.0" encoding="UTF-8"?>'):
    body = f'{head}<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Folder>{"".join(marks)}</Folder></Document></kml>'
    return lambda path: path.write_text(body, "utf-8")


def mark(name: str, place: str, **values: str) -> str:
    more = "".join(f'<Data name="{key}"><value>{value}</value></Data>' for key, value in values.items())
    return f"<Placemark><name>{name}</name><ExtendedData>{more}</ExtendedData>{place}</Placemark>"


def spot(lon: float, lat: float) -> str:
    return f"<Point><coordinates>\n {lon},{lat},0 </coordinates></Point>"


def sparse(path: Path, size: int = 201_000_000) -> None:
    """A file that is large and takes no place on the disk."""
    path.touch()
    os.truncate(path, size)


def ten_million_rows(path: Path) -> None:
    with path.open("w") as file:
        file.write("name,lon,lat\n")
        for _ in range(100):
            file.write("a,1,2\n" * 100_000)


def formatted_blank_rows(path: Path) -> None:
    book = Workbook()
    _fill(book.active, [HEAD, ONE], (1, 1))
    for number in range(3, 2000):
        book.active.cell(number, 1).fill = PatternFill("solid", fgColor="FFFF00")
    book.save(path)


def wide(path: Path) -> None:
    """A table that begins in the 28th column."""
    sheet(HEAD, ONE, at=(5, 28))(path)
    assert get_column_letter(28) == "AB"


GOOD = {"rows": 2, "names": NAMES}
HUB, DRIVER = StationKind.HUB, StationKind.DRIVER_HOME
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(100)
# 116.82 E, 35.56 N in CGCS2000 / 3-degree Gauss-Kruger CM 117E (EPSG:4548), false east 500000 m, by the usual series:
# meridian arc 111132.9525 p - 16038.509 sin 2p + 16.833 sin 4p = 3936722.5 m, and 0.18 degrees (0.00314159) west of
# the meridian N sin p cos p 0.00314159^2 / 2 = 14.9 m more; west of it N cos p 0.00314159 = 16319.0 m; N = 6385379 m.
GAUSS = (483681.0, 3936737.4)

TEXTS = [
    Case("plain.csv", table(ONE, TWO), **GOOD, seen={"kind": (HUB, DRIVER), "lon": (116.82, 116.83)}),
    Case("mark.csv", table(ONE, TWO, encoding="utf-8-sig"), **GOOD),
    Case("office.csv", table(ONE, TWO, encoding="gb18030"), **GOOD),
    Case("semicolon.csv", table(ONE, TWO, mark=";"), **GOOD),
    Case("tab.txt", table(ONE, TWO, mark="\t"), **GOOD),
    Case("wide comma.csv", table(ONE, TWO, mark="，"), **GOOD),
    Case("old mac.csv", text(",".join(HEAD), "兖新苑一号,兖新苑,116.82,35.56", end="\r"), 1, NAMES[:1]),
    Case("UPPER.CSV", table(ONE, TWO), **GOOD),
    Case(
        "titles.csv",
        text("兖州区骑手驿站名单,,,", "制表：办公室,,,", "", ",".join(HEAD), "兖新苑一号,兖新苑,116.82,35.56", ",,,"),
        1,
        NAMES[:1],
        seen={"source": ("titles.csv row 5",)},
    ),
    Case("sep.csv", text("sep=;", ";".join(HEAD), "兖新苑一号;兖新苑;116.82;35.56"), 1, NAMES[:1]),
    Case("dressed.csv", table(ONE, TWO, head=["站点 名称*", "类 型：", "经度（度）", "【必填】纬度"]), **GOOD),
    Case("english.csv", table(ONE, TWO, head=["Station Name", "Category", "LONGITUDE", "Latitude"]), **GOOD),
    Case("repeated header.csv", table(ONE, HEAD, TWO), **GOOD),
    Case(
        "total.csv",
        table(ONE, ["合计", "", "", ""]),
        1,
        NAMES[:1],
        (("rows_passed_over", None, None),),
    ),
    # 49/60 + 24.6/3600 = 0.8235; 33/60 + 24/3600 = 0.55666...
    Case(
        "minutes.csv",
        text("名称,类型,经度,纬度", "兖新苑一号,兖新苑,116°49′24.6″,北纬35度33分24秒"),
        1,
        NAMES[:1],
        seen={"lon": (116.8235,), "lat": (35 + 33 / 60 + 24 / 3600,), "source_lon": (116.8235,)},
    ),
    Case(
        "full width.csv",
        table(["兖新苑一号", "兖新苑", "１１６．８２", "３５．５６"]),
        1,
        NAMES[:1],
        seen={"lon": (116.82,), "lat": (35.56,)},
    ),
    Case(
        "one column.csv",
        text(
            "名称,坐标",
            '兖新苑一号,"116.82,35.56"',
            "司机之家二号,（35.57， 116.83）",
            '招呼站三号,"东经116°49′24.6″ 北纬35.56"',
        ),
        3,
        (*NAMES, "招呼站三号"),
        seen={
            "lon": (116.82, 116.83, 116.8235),
            "lat": (35.56, 35.57, 35.56),
            "source_lon": (116.82, 116.83, 116.8235),
        },
    ),
    Case(
        "unclear order.csv",  # both 35, 36 and 36, 35 lie in the region: no order may be guessed
        text(
            "名称,坐标",
            '兖新苑一号,"35,36"',
            '兖新苑二号,"35N,36E"',
            '兖新苑三号,"95,36"',
            "兖新苑四号,路口,",
            "兖新苑五号,",
        ),
        5,
        ("兖新苑二号",),
        (("lonlat_order", 2, "坐标"), ("outside", 4, "坐标"), ("lonlat", 5, "坐标"), ("empty", 6, "坐标")),
        seen={"lon": (36.0,), "lat": (35.0,)},
        bounds=(30, 30, 40, 40),
    ),
    Case("no place.csv", table(["兖新苑一号", "兖新苑", "在路口", 35.56]), 1, (), (("number", 2, "经度"),)),
    Case("swapped.csv", table(["兖新苑一号", "兖新苑", 35.56, 116.82]), 1, (), (("swapped", 2, "经度"),)),
    Case("zero.csv", table(["兖新苑一号", "兖新苑", 0, 0]), 1, (), (("check.zero", 2, "经度"),)),
    Case("endless.csv", table(["兖新苑一号", "兖新苑", "1e300", "-1e300"]), 1, (), (("outside", 2, "经度"),)),
    Case("metres.csv", table(["兖新苑一号", "兖新苑", 39483680, 3936786]), 1, (), (("outside", 2, "经度"),)),
    Case("no lat.csv", table(ONE[:3], TWO[:3], head=HEAD[:3]), 2, (), (("column_missing", 1, "lat"),)),
    Case("no names.csv", table(ONE[1:], head=HEAD[1:]), 1, (), (("column_missing", 1, "name"),)),
    Case("ragged.csv", table([*ONE, "多"], TWO[:3], TWO), 3, NAMES[1:], (("cells", 2, None), ("cells", 3, None))),
    Case("trailing commas.csv", table([*ONE, "", ""], TWO), **GOOD),
    Case(
        "two phones.csv",
        table([*ONE, "0537-3412345", "13800000000.0"], head=[*HEAD, "联系电话", "手机"]),
        1,
        NAMES[:1],
        (("column_second", 1, "手机"),),
        seen={"phone": ("0537-3412345",)},
    ),
    Case(
        "number phone.csv",
        extra("电话", "13800000000.0", '="05373412345"'),
        **GOOD,
        seen={"phone": ("13800000000", "05373412345")},
    ),
    Case("number id.csv", extra("编号", "1.0", "２"), **GOOD, seen={"station_id": ("1", "2")}),
    Case("same id.csv", extra("编号", "a", "a"), 2, NAMES[:1], (("id_twice", 3, "编号"),)),
    Case("row numbers.csv", extra("序号", "1", "2"), **GOOD, seen={"station_id": ("", "")}),  # no ids
    Case(
        "days.csv",
        extra("核实日期", "2026年3月5日", "46086"),  # 46086 days after 1899-12-30 are 2026-03-05
        **GOOD,
        seen={"verified_on": (datetime.date(2026, 3, 5), datetime.date(2026, 3, 5))},
    ),
    Case("no day.csv", extra("核实日期", "上个月", "待定"), 2, NAMES[1:], (("date", 2, "核实日期"),)),
    Case(
        "line breaks.csv",
        text(
            "名称,类型,经度,纬度,服务项目,营业时间",
            '兖新苑一号,兖新苑,116.82,35.56,"饮水\n座位12个","周一至周五 8:30-17:30\n全天"',
        ),
        1,
        NAMES[:1],
        (("hours_not_understood", 2, "营业时间"),),
        seen={
            "services": ({ServiceKey.WATER: None, ServiceKey.REST: 12},),
            "hours": (None,),
            "hours_text": ("周一至周五 8:30-17:30；全天",),
        },
    ),
    Case(
        "broken name.csv", table(['"兖新苑\n一号"', *ONE[1:]], TWO), 2, NAMES[1:], (("control_character", 2, "名称"),)
    ),
    Case("turned name.csv", table(["\u202e号一苑新兖", *ONE[1:]]), 1, (), (("control_character", 2, "名称"),)),
    Case("script name.csv", table(["<script>alert(1)</script>", *ONE[1:]]), 1, ("<script>alert(1)</script>",)),
    Case("formula name.csv", table(["'=HYPERLINK(1)", *ONE[1:]], ["=1+1", *ONE[1:]]), 2, ("=HYPERLINK(1)", "=1+1")),
    Case("zero width.csv", table(["\u200b兖新苑一号\ufeff", *ONE[1:]], ["\u3000司机之家二号\xa0", *TWO[1:]]), **GOOD),
    Case(
        "kind by name.csv",
        table(["司机之家二号", "驿站", *TWO[2:]]),
        1,
        NAMES[1:],
        (("kind_from_name", 2, "类型"),),
        seen={"kind": (DRIVER,), "notes": ("驿站",)},
    ),
    Case(
        "no kind.csv",
        table(["兖新苑一号", "", 116.82, 35.56], ["一号", "", 116.82, 35.56]),
        2,
        NAMES[:1],
        (("kind_unknown", 3, "类型"),),
    ),
    Case(
        "services.csv",
        extra("服务项目", "免费饮水、休憩、热饭、充电、如厕", "座位十二个；微波炉2台/WiFi AED"),
        **GOOD,
        seen={
            "services": (
                dict.fromkeys(map(ServiceKey, ("water", "rest", "meal_heating", "charging", "toilet"))),
                {ServiceKey.REST: 12, ServiceKey.MEAL_HEATING: 2, ServiceKey.WIFI: None, ServiceKey.AED: None},
            ),
        },
    ),
    Case(
        "unknown services.csv",
        extra("服务", "饮水、桑拿、无淋浴", "沙发2张"),
        **GOOD,
        problems=(("service_unknown", 2, "服务"),),
        seen={"services": ({ServiceKey.WATER: None}, {ServiceKey.REST: None}), "notes": ("桑拿；无淋浴", "沙发2张")},
    ),
    Case(
        "service columns.csv",
        table([*ONE, "√", "3", "×"], [*TWO, "否", "2台", "待装"], head=[*HEAD, "饮水", "微波炉", "WiFi"]),
        **GOOD,
        problems=(("service_unknown", 3, "WiFi"),),
        seen={
            "services": ({ServiceKey.WATER: None, ServiceKey.MEAL_HEATING: 3}, {ServiceKey.MEAL_HEATING: 2}),
            "notes": (None, "WiFi 待装"),
        },
    ),
    Case(
        "hours.csv",
        extra("开放时间", "周一至周五 8:30-17:30", "看老板心情"),
        **GOOD,
        problems=(("hours_not_understood", 3, "开放时间"),),
        seen={"hours": ("Mo-Fr 08:30-17:30", None), "hours_text": ("周一至周五 8:30-17:30", "看老板心情")},
    ),
    Case("syntax.csv", extra("hours", "Mo-Fr 08:00-18:00", "24/7"), **GOOD, seen={"hours_text": (None, None)}),
    Case(
        "gate hours.csv",  # a gate whose hours are unknown would pass for one that is always open
        extra("入口开放时间", "看老板心情", "24/7"),
        2,
        NAMES[1:],
        (("hours", 2, "入口开放时间"),),
        seen={"entrance_hours": ("24/7",)},
    ),
    Case(
        "entries.csv",
        extra("进门方式", "刷脸", "翻墙"),
        **GOOD,
        problems=(("entry_unknown", 3, "进门方式"),),
        seen={"entry": (EntryMethod.FACE, EntryMethod.UNKNOWN), "notes": (None, "翻墙")},
    ),
    Case(
        "closed.csv", extra("状态", "正常", "暂停开放"), **GOOD, seen={"closed": (None, ClosureReason.CLOSED_FOR_NOW)}
    ),
    Case("half closed.csv", extra("状态", "筹备", "不存在"), 2, NAMES[1:], (("closure_unknown", 2, "状态"),)),
    Case("yes and no.csv", extra("电动车停放", "√", "不详"), **GOOD, seen={"ebike_parking": (True, None)}),
    Case("not said.csv", extra("电话", "不详", "/"), **GOOD, seen={"phone": (None, None)}),
    Case(
        "other datum.csv",
        table(ONE, head=["名称", "类型", "经度（高德）", "纬度"]),
        1,
        NAMES[:1],
        (("datum_said", 1, "经度（高德）"),),
        seen={"lon": (116.82,)},
    ),
    Case(
        "gcj.csv",
        table(ONE, head=["名称", "类型", "经度（高德）", "纬度"]),
        1,
        NAMES[:1],
        seen={
            "lon": (to_wgs84(116.82, 35.56, Datum.GCJ02)[0],),
            "source_lon": (116.82,),
            "source_datum": (Datum.GCJ02,),
        },
        options={"datum": Datum.GCJ02},
    ),
    Case(
        "by hand.csv",
        table(["甲", *ONE], head=["谁", "什么", "哪类", "东", "北"]),
        1,
        NAMES[:1],
        options={"columns": {"什么": "name", "哪类": "kind", "东": "lon", "北": "lat"}},
    ),
    Case(
        "passed over.csv",
        extra("电话", "坏的\t号码", "1"),
        **GOOD,
        seen={"phone": (None, None)},
        options={"columns": {"电话": ""}},
    ),
    Case("no header.csv", table(TWO, head=[str(cell) for cell in ONE]), refused="list.no_header"),
    Case("column twice.csv", table([*ONE, 1], head=[*HEAD, "经度"]), refused="file.column_twice"),
    Case("open quotation.csv", text(",".join(HEAD), '"兖新苑一号,兖新苑,116.82,35.56'), refused="file.csv_broken"),
    Case("empty.csv", content(b""), refused="file.empty"),
    Case("only a mark.csv", content(b"\xef\xbb\xbf\r\n"), refused="file.empty"),
    Case("unicode text.csv", table(ONE, encoding="utf-16"), refused="file.not_text"),
    Case("picture.csv", content(PNG), refused="file.not_text"),
    Case("damaged.csv", lambda path: path.write_bytes("名称,经度\n兖新苑".encode()[:-1]), refused="file.damaged_text"),
    Case("large.csv", sparse, refused="list.file_too_large"),
    Case("ten million.csv", ten_million_rows, refused="list.too_many_rows"),
]

SHEETS = [
    Case("plain.xlsx", sheet(HEAD, ONE, TWO), **GOOD, seen={"lon": (116.82, 116.83)}),
    Case("capital.XLSX", sheet(HEAD, ONE, TWO), **GOOD),
    Case(
        "titles.xlsx",
        sheet(["兖州区骑手驿站名单"], ["2026年3月"], HEAD, ONE, TWO, merge=("A1:D1",)),
        **GOOD,
        seen={"source": ("titles.xlsx row 4", "titles.xlsx row 5")},
    ),
    Case(
        "merged township.xlsx",
        sheet([*HEAD, "镇街"], [*ONE, "鼓楼街道"], TWO, ["招呼站", "", 116.8, 35.5, "大安镇"], merge=("E2:E3",)),
        3,
        (*NAMES, "招呼站"),
        seen={"township": ("鼓楼街道", "鼓楼街道", "大安镇")},
    ),
    Case(
        "two header rows.xlsx",
        sheet(["名称", "类型", "坐标"], [None, None, "经度", "纬度"], ONE, TWO, merge=("A1:A2", "B1:B2", "C1:D1")),
        **GOOD,
    ),
    Case("merged blank rows.xlsx", sheet([*HEAD, "镇街"], [*ONE, "鼓楼街道"], merge=("E2:E900",)), 1, NAMES[:1]),
    Case(
        "two sheets.xlsx",
        sheet(HEAD, ONE, 说明=[["请填写"]], 第二张=[HEAD, TWO, ["坏", "", 1, 2]]),
        3,
        NAMES,
        (("sheet_passed_over", None, None), ("outside", 3, "经度"), ("kind_unknown", 3, "类型")),
        seen={"source": ("two sheets.xlsx 表 row 2", "two sheets.xlsx 第二张 row 2")},
    ),
    Case("hidden sheet.xlsx", sheet(HEAD, ONE, hidden=[HEAD, TWO]), 1, NAMES[:1], (("sheet_hidden", None, None),)),
    Case("chosen sheet.xlsx", sheet(HEAD, ONE, hidden=[HEAD, TWO]), 1, NAMES[1:], options={"sheet": "hidden"}),
    Case("no such sheet.xlsx", sheet(HEAD, ONE), refused="list.sheet_unknown", options={"sheet": "站点"}),
    Case(
        "texts and numbers.xlsx",
        sheet(
            [*HEAD, "编号", "电话", "核实日期", "开放时间"],
            [
                "兖新苑一号",
                "兖新苑",
                "116.82",
                " 35.56 ",
                7,
                13800000000,
                datetime.date(2026, 3, 5),
                datetime.time(8, 30),
            ],
        ),
        1,
        NAMES[:1],
        (("hours_not_understood", 2, "开放时间"),),
        seen={
            "lon": (116.82,),
            "station_id": ("7",),
            "phone": ("13800000000",),
            "verified_on": (datetime.date(2026, 3, 5),),
            "hours_text": ("08:30",),
        },
    ),
    Case(
        "true and false.xlsx",
        sheet([*HEAD, "电动车停放"], [*ONE, True], [*TWO, False]),
        **GOOD,
        seen={"ebike_parking": (True, False)},
    ),
    Case("far right.xlsx", wide, 1, NAMES[:1], seen={"source": ("far right.xlsx row 6",)}),
    Case(
        "no heading.xlsx",
        sheet(HEAD, [*ONE, "靠东门"], TWO),
        **GOOD,  # the column is shown as #E, to be mapped by hand
    ),
    Case(
        "mapped without heading.xlsx",
        sheet(HEAD, [*ONE, "靠东门"], TWO),
        **GOOD,
        seen={"notes": ("靠东门", None)},
        options={"columns": {"#E": "notes"}},
    ),
    Case("coloured rows.xlsx", formatted_blank_rows, 1, NAMES[:1]),
    Case(
        "never computed.xlsx", sheet(HEAD, ["兖新苑一号", "兖新苑", "=116+0.82", 35.56]), 1, (), (("empty", 2, "经度"),)
    ),
    Case(
        "link.xlsx",  # the value that stood in the cell is read, the formula is not
        raw_sheet(
            RAW_HEAD
            + raw_row(
                2,
                '<c r="A2" t="str"><f>HYPERLINK("http://x.test","y")</f><v>兖新苑一号</v></c>',
                raw_text("B2", "兖新苑"),
                raw_number("C2", 116.82),
                raw_number("D2", 35.56),
            )
        ),
        1,
        NAMES[:1],
    ),
    Case(
        "error cells.xlsx",
        raw_sheet(RAW_HEAD + RAW_ONE.replace('<c r="C2"><v>116.82</v>', '<c r="C2" t="e"><v>#N/A</v>')),
        1,
        (),
        (("empty", 2, "经度"),),
    ),
    Case(
        "macros.xlsm",
        raw_sheet(RAW_HEAD + RAW_ONE, xl__vbaProject_bin=b"\xd0\xcf\x11\xe0 Sub Auto_Open()"),
        1,
        NAMES[:1],
    ),
    Case(
        "different columns.xlsx",  # what one sheet has no column for is not the list's to change
        sheet([*HEAD, "电话"], [*ONE, "1"], 第二张=[HEAD, TWO]),
        **GOOD,
        seen={"phone": ("1", None)},
    ),
    Case(
        "old.xls",
        copied("old.xls"),
        **GOOD,
        seen={"township": ("鼓楼街道",) * 2, "verified_on": (datetime.date(2026, 3, 1), None)},
    ),
    Case("new named old.xls", sheet(HEAD, ONE, TWO), **GOOD),
    Case("old named new.xlsx", copied("old.xls"), **GOOD),
    Case("wps.et", copied("old.xls"), **GOOD),
    Case(
        "stray cell.xlsx",
        raw_sheet(RAW_HEAD + RAW_ONE + raw_row(1048576, raw_number("XFD1048576", 1))),
        refused="list.sheet_too_large",
    ),
    Case("bomb.xlsx", bomb, refused="list.file_bomb"),
    Case("lying bomb.xlsx", lambda path: bomb(path, lie=True), refused="list.file_bomb"),
    Case("nested bomb.xlsx", nested_bomb, refused="list.file_no_workbook"),
    Case(
        "entities.xlsx",
        lambda path: raw_sheet("")(path) or _with_doctype(path),
        refused="list.file_entities",
    ),
    Case("cut.xlsx", cut(sheet(HEAD, ONE, TWO)), refused="list.file_damaged"),
    Case("cut in its end.xlsx", cut(sheet(HEAD, ONE, TWO), 0.99), refused="list.file_damaged"),
    Case("cut.xls", cut(copied("old.xls"), 0.4), refused="list.file_no_workbook"),
    Case("picture.xlsx", content(PNG), refused="list.file_image"),
    Case("photo.xls", content(b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(50)), refused="list.file_image"),
    Case(
        "web page.xls",
        content(b"<html><table><tr><td>\xc3\xfb\xb3\xc6</td></tr></table></html>"),
        refused="list.file_html",
    ),
    Case("text.xls", table(ONE, mark="\t"), refused="list.file_text_sheet"),
    Case("xml of 2003.xls", content(b'<?xml version="1.0"?><Workbook/>'), refused="list.file_no_workbook"),
    Case("letter.xlsx", zipped(word__document_xml=b"<a/>"), refused="list.file_no_workbook"),
    Case("paper.xlsx", content(b"%PDF-1.7\n"), refused="list.file_no_workbook"),
    Case("no bytes.xlsx", content(b""), refused="file.empty"),
    Case("no cells.xlsx", sheet(), refused="list.file_blank"),
    Case("no header.xlsx", sheet(ONE, TWO), refused="list.no_header"),
    Case("password.xlsx", copied("password.xlsx"), refused="list.file_password"),
    Case("password.xls", locked_xls, refused="list.file_password"),
    Case("locked zip.xlsx", locked_zip, refused="list.file_password"),
    Case("large.xlsx", lambda path: sparse(path, 20_000_001), refused="list.file_too_large"),
]

VECTORS = [
    Case(
        "chinese.geojson",
        geojson(point(116.82, 35.56, 站点名称="兖新苑一号", 类型="兖新苑", 服务项目="饮水、座位3个", 经度="别处")),
        1,
        NAMES[:1],
        (("column_second", None, "经度"),),  # the point wins over what is written beside it
        seen={"services": ({ServiceKey.WATER: None, ServiceKey.REST: 3},), "lon": (116.82,)},
    ),
    Case(
        "metres.geojson",
        geojson(
            point(*GAUSS, name="兖新苑一号"), crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4548"}}
        ),
        1,
        NAMES[:1],
        (("converted", None, None),),
        seen={"lon": (pytest.approx(116.82, abs=2e-5),), "lat": (pytest.approx(35.56, abs=2e-5),)},
    ),
    Case(
        "metres in gcj.geojson",
        geojson(point(*GAUSS, name="兖新苑一号"), crs={"type": "name", "properties": {"name": "EPSG:4548"}}),
        refused="list.crs_and_datum",
        options={"datum": Datum.GCJ02},
    ),
    Case(
        "degrees.geojson",  # what is usual to write there, and says nothing
        geojson(point(116.82, 35.56, name="兖新苑一号"), crs={"properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}),
        1,
        NAMES[:1],
        options={"datum": Datum.GCJ02},
    ),
    Case(
        "no such system.geojson",
        geojson(point(1, 2, name="兖新苑一号"), crs={"properties": {"name": "EPSG:999999"}}),
        refused="list.crs_unknown",
    ),
    Case(
        "line and point.geojson",
        geojson(
            {"geometry": {"type": "LineString", "coordinates": [[1, 2], [3, 4]]}, "properties": {}},
            point(116.82, 35.56, name="兖新苑一号"),
        ),
        2,
        NAMES[:1],
        (("geometry", 1, "geometry"),),
    ),
    Case("cut.geojson", cut(geojson(point(116.82, 35.56, name="兖新苑一号"))), refused="file.not_json"),
    Case("no features.geojson", geojson(), 0, ()),
    Case(
        "points.gpkg",
        geopackage(
            (
                "站点",
                "EPSG:4326",
                [shapely.Point(116.82, 35.56), shapely.Point(116.83, 35.57)],
                {"名称": list(NAMES), "座位": [12, None]},
            )
        ),
        **GOOD,
        seen={"services": ({ServiceKey.REST: 12}, {}), "source": ("points.gpkg row 1", "points.gpkg row 2")},
    ),
    Case(
        "metres.gpkg",
        geopackage(("站点", "EPSG:4548", [shapely.Point(*GAUSS)], {"名称": ["兖新苑一号"]})),
        1,
        NAMES[:1],
        (("converted", None, None),),
        seen={"lon": (pytest.approx(116.82, abs=2e-5),)},
    ),
    Case(
        "layers.gpkg",
        geopackage(
            ("站点", "EPSG:4326", [shapely.Point(116.82, 35.56)], {"名称": ["兖新苑一号"]}),
            ("围栏", "EPSG:4326", [shapely.box(116.8, 35.5, 116.9, 35.6)], {"名称": ["围栏"]}),
            ("更多", "EPSG:4326", [shapely.Point(116.83, 35.57)], {"名称": ["司机之家二号"]}),
        ),
        **GOOD,
    ),
    Case(
        "chosen layer.gpkg",
        geopackage(
            ("站点", "EPSG:4326", [shapely.Point(116.82, 35.56)], {"名称": ["兖新苑一号"]}),
            ("更多", "EPSG:4326", [shapely.Point(116.83, 35.57)], {"名称": ["司机之家二号"]}),
        ),
        1,
        NAMES[1:],
        options={"sheet": "更多"},
    ),
    Case(
        "areas.gpkg",
        geopackage(("围栏", "EPSG:4326", [shapely.box(116.8, 35.5, 116.9, 35.6)], {"名称": ["围栏"]})),
        refused="list.no_points",
    ),
    Case("text.gpkg", table(ONE), refused="list.file_not_geopackage"),
    Case("cut.gpkg", content(b"SQLite format 3\0" + bytes(80)), refused="list.file_not_geopackage"),
    Case(
        "marks.kml",
        kml(
            mark("兖新苑一号", spot(116.82, 35.56), 服务项目="饮水", 编号="a1"),
            mark("司机之家二号", spot(116.83, 35.57)),
        ),
        **GOOD,
        seen={"station_id": ("a1", ""), "services": ({ServiceKey.WATER: None}, {})},
    ),
    Case(
        "area and mark.kml",
        kml(mark("围栏", "<Polygon/>"), mark("&lt;b&gt;司机之家&lt;/b&gt;", spot(116.83, 35.57))),
        2,
        ("<b>司机之家</b>",),
        (("geometry", 1, "geometry"),),
    ),
    Case(
        "entities.kml",
        kml(head='<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;">]>'),
        refused="list.file_entities",
    ),
    Case(
        "entities in another alphabet.kml",
        lambda path: path.write_bytes('<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY a "a">]><kml/>'.encode("utf-16")),
        refused="list.file_entities",
    ),
    Case("cut.kml", cut(kml(mark("兖新苑一号", spot(116.82, 35.56)))), refused="list.file_not_kml"),
    Case("web page.kml", content(b"<html><body/></html>"), refused="list.file_not_kml"),
    Case("picture.kml", content(PNG), refused="list.file_not_kml"),
    Case("empty.kml", content(b" \n"), refused="file.empty"),
]


def _with_doctype(path: Path) -> None:
    with zipfile.ZipFile(path) as source:
        entries = {entry.filename: source.read(entry) for entry in source.infolist()}
    rows = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><worksheet><sheetData/></worksheet>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name, body in entries.items():
            target.writestr(name, rows if name == "xl/worksheets/sheet1.xml" else body)


CASES = [*TEXTS, *SHEETS, *VECTORS]


def test_the_corpus_is_as_large_as_it_should_be():
    assert len({case.name for case in CASES}) == len(CASES) >= 60


@pytest.fixture
def read(tmp_path):
    """Make the file of a case and read it."""

    def make(case: Case):
        path = tmp_path / case.name
        case.make(path)
        options = ListOptions(**{"datum": Datum.WGS84, **case.options})
        return read_station_list(path, options=options, bounds=case.bounds)

    return make


@pytest.mark.parametrize("case", [case for case in CASES if case.refused is None], ids=lambda case: case.name)
def test_what_is_read_of_an_awkward_file(read, case):
    listing = read(case)
    stations = [listed.station for listed in listing.stations]

    assert tuple(station.name for station in stations) == case.names
    told = [(problem.key.removeprefix("list."), problem.row, problem.column) for problem in listing.problems]
    assert sorted(told, key=str) == sorted(case.problems, key=str)
    assert listing.rows_read == case.rows
    assert listing.rows_refused == len(
        {problem.row for problem in listing.problems if problem.refuses and problem.row}
    ) or ("column_missing" in {key for key, _, _ in told})
    for name, values in case.seen.items():
        assert tuple(getattr(station, name) for station in stations) == values
    for problem in listing.problems:
        values = {"row": problem.row, "column": problem.column, "value": problem.value, **dict(problem.values)}
        assert all(say(lang, problem.key, **values) for lang in LANGUAGES)


@pytest.mark.parametrize("case", [case for case in CASES if case.refused], ids=lambda case: case.name)
def test_a_file_that_is_refused_is_told_in_one_sentence(read, case):
    with pytest.raises(FileError) as caught:
        read(case)

    assert caught.value.key == case.refused
    assert all(case.name in say(lang, caught.value.key, **caught.value.values) for lang in LANGUAGES)
