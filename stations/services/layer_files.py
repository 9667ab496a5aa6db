"""Tables and layers as files of each format, with the method beside or within."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from stations.errors import FileError, InputError, UnknownThingError
from stations.loaders.layer_writing import (
    LayerFile,
    MethodLine,
    csv_text,
    csv_zip,
    geojson_bytes,
    geopackage_bytes,
    method_text,
    xlsx_bytes,
)
from stations.maps.style import service_words
from stations.services.layers import Cell, Layer
from stations.texts import say, words

_WRITERS: Mapping[str, Callable[[LayerFile], bytes]] = {
    "csv": csv_zip,
    "xlsx": xlsx_bytes,
    "geojson": geojson_bytes,
    "gpkg": geopackage_bytes,
}
FORMATS = tuple(_WRITERS)
_WORDED = {
    "state": "page.demand_", "kind": "kind.", "entry": "entry.", "why": "gap.why_", "mode": "mode.",
    "counts": "export.counts_", "remedy": "export.remedy_", "reason": "coverage.why_", "kinds": "siting.kind_",
}  # fmt: skip
"""Columns that hold keys, and the texts that a workbook tells them by."""
_ROW_KEYS = frozenset({"area_id", "row_id"})
"""Columns that tell rows apart for programs and nothing to people."""


def layer_file(layer: Layer, method: Sequence[MethodLine], *, lang: str) -> LayerFile:
    """Return what is to be written of a layer; ``export.<name>`` is what people call it."""
    return LayerFile(
        name=layer.name,
        columns=layer.columns,
        geometry=layer.geometry,
        features=[layer.feature(number) for number in range(len(layer.geometry))],
        method=method,
        headings={key: _heading(key, lang) for key in (*layer.columns, "lon", "lat")},
        worded={key: _worded(key, cells, lang) for key, cells in layer.columns.items() if key not in _ROW_KEYS},
        sheets=(say(lang, f"export.{layer.name}"), say(lang, "export.method")),
    )


def check_form(form: str) -> None:
    """Refuse a format that there is not.

    Raises
    ------
    UnknownThingError
        It is none of `FORMATS`.
    """
    if form not in _WRITERS:
        raise UnknownThingError("export.format_unknown", value=form[:40], allowed=", ".join(FORMATS))


def check_ending(path: Path | None, *, as_json: bool = True) -> None:
    """Refuse a file to be written whose ending is none of `FORMATS`, nor ``.json`` where there is such an answer.

    Raises
    ------
    InputError
        It is another one.
    """
    endings = (*([".json"] if as_json else []), *(f".{one}" for one in FORMATS))
    if path is not None and path.suffix not in endings:
        raise InputError("error.out_ending", field="out", value=path.name, allowed=", ".join(endings))


def file_bytes(file: LayerFile, form: str) -> bytes:
    """Return a file in one of `FORMATS`; a CSV comes in an archive with its method beside it."""
    check_form(form)
    return _WRITERS[form](file)


def write_file(path: Path, file: LayerFile) -> tuple[Path, ...]:
    """Write a file in the format of the ending of `path`; return what was written: beside a CSV lies its method.

    Raises
    ------
    InputError
        Another ending than those of `FORMATS`.
    FileError
        The file cannot be written.
    """
    check_ending(path, as_json=False)
    form = path.suffix.removeprefix(".")
    contents = {path: _WRITERS[form](file)}
    if form == "csv":
        beside = path.with_name(f"{path.stem}-method.txt")
        contents = {path: csv_text(file).encode(), beside: method_text(file).encode()}
    for target, content in contents.items():
        write_whole(target, content)
    return tuple(contents)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that was asked for.

    Raises
    ------
    FileError
        It cannot be written.
    """
    try:
        path.write_bytes(content)
    except OSError as error:
        raise FileError("file.unwritable", path=path, reason=error.strerror) from error


def _heading(column: str, lang: str) -> str:
    known = words(lang)
    return known.get(f"export.column_{column}") or known.get(f"field.{column}") or column


def _worded(column: str, cells: Sequence[Cell], lang: str) -> Sequence[Cell]:
    prefix, known = _WORDED.get(column), words(lang)
    if column == "services":
        return [_service_words(cell, lang) if isinstance(cell, str) else cell for cell in cells]
    if prefix is None:
        return [say(lang, "manage.yes" if cell else "manage.no") if isinstance(cell, bool) else cell for cell in cells]

    def told(cell: Cell) -> Cell:
        if not isinstance(cell, str):
            return cell
        return "、".join(known.get(prefix + one, one) for one in cell.split("+"))

    return [told(cell) for cell in cells]


def _service_words(cell: str, lang: str) -> str:
    """Return services as people read them; each with its count, where it has one, as `write_station` writes them."""
    parts = (one.partition(":") for one in cell.split(";"))
    return "、".join(service_words(lang, key, int(count) if count else None) for key, _, count in parts)
