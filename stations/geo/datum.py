"""WGS 84, GCJ-02 and BD-09: three ways in which Chinese coordinates are written.

Method: the formulas of GCJ-02 and BD-09 as published in open source, the same in `wandergis/coordtransform` and
`googollee/eviltransform` (both MIT); there is no official text. The usual inverse is one step and 1.5 to 3 m off;
here it is the fixed point ``wgs = gcj - shift(wgs)`` of eviltransform's `gcj2wgs_exact`, three steps, which leaves
less than 0.1 mm. Outside a box around China GCJ-02 equals WGS 84 and BD-09 equals GCJ-02, as in the usual
algorithm; a place within a kilometre of the box's edge (all at sea or abroad) does not survive the round trip.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import overload

import numpy as np
from numba import njit
from numba.extending import register_jitable
from numpy.typing import NDArray

from stations.model.keys import Datum

Degrees = NDArray[np.float64]
Conversion = Callable[[Degrees, Degrees], tuple[Degrees, Degrees]]

_SEMI_MAJOR_M = 6_378_245.0  # Krasovsky 1940
_ECCENTRICITY_SQUARED = 0.00669342162296594323
_BD_LON_SHIFT, _BD_LAT_SHIFT = 0.0065, 0.006
_BD_WAVE = np.pi * 3000.0 / 180.0
_CHINA_WEST, _CHINA_EAST, _CHINA_SOUTH, _CHINA_NORTH = 72.004, 137.8347, 0.8293, 55.8271
_STEPS = 3


@overload
def to_wgs84(lon: float, lat: float, datum: Datum) -> tuple[float, float]: ...
@overload
def to_wgs84(lon: Degrees, lat: Degrees, datum: Datum) -> tuple[Degrees, Degrees]: ...
def to_wgs84(lon: float | Degrees, lat: float | Degrees, datum: Datum) -> tuple[float | Degrees, float | Degrees]:
    """Return WGS 84 degrees of coordinates written in `datum`.

    Parameters
    ----------
    lon, lat
        Degrees in `datum`: two numbers, or two arrays of one shape. Where one is not a number, neither is the answer.
    datum
        The earth they were written in; with `Datum.WGS84` they come back unchanged, to the last bit.

    Returns
    -------
    tuple of lon and lat
        Numbers for numbers, arrays of the same shape for arrays; WGS 84 degrees, within 0.1 mm.
    """
    inverses: dict[Datum, tuple[Conversion, ...]] = {
        Datum.WGS84: (),
        Datum.GCJ02: (_gcj_to_wgs,),
        Datum.BD09: (_bd_to_gcj, _gcj_to_wgs),
    }
    return _through(inverses[datum], lon, lat)


@overload
def from_wgs84(lon: float, lat: float, datum: Datum) -> tuple[float, float]: ...
@overload
def from_wgs84(lon: Degrees, lat: Degrees, datum: Datum) -> tuple[Degrees, Degrees]: ...
def from_wgs84(lon: float | Degrees, lat: float | Degrees, datum: Datum) -> tuple[float | Degrees, float | Degrees]:
    """Return WGS 84 coordinates as they are written in `datum`.

    Parameters
    ----------
    lon, lat
        WGS 84 degrees: two numbers, or two arrays of one shape. Where one is not a number, neither is the answer.
    datum
        The earth to write them in.

    Returns
    -------
    tuple of lon and lat
        Numbers for numbers, arrays of the same shape for arrays; degrees in `datum`.
    """
    forwards: dict[Datum, tuple[Conversion, ...]] = {
        Datum.WGS84: (),
        Datum.GCJ02: (_wgs_to_gcj,),
        Datum.BD09: (_wgs_to_gcj, _gcj_to_bd),
    }
    return _through(forwards[datum], lon, lat)


@njit(cache=True)
def gcj02_of_place(lon: float, lat: float) -> tuple[float, float]:
    """Return what `from_wgs84` does of one place in GCJ-02, at a tenth of the cost."""
    if lon < _CHINA_WEST or lon > _CHINA_EAST or lat < _CHINA_SOUTH or lat > _CHINA_NORTH:
        return lon, lat
    shift_lon, shift_lat = _gcj_shift(lon, lat)  # type: ignore[arg-type]  # compiled for numbers
    return lon + float(shift_lon), lat + float(shift_lat)


def _through(
    conversions: tuple[Conversion, ...], lon: float | Degrees, lat: float | Degrees
) -> tuple[float | Degrees, float | Degrees]:
    here = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    for convert in conversions:
        here = convert(*here)
    if here[0].ndim == 0:
        return float(here[0]), float(here[1])
    return here


def _outside_china(lon: Degrees, lat: Degrees) -> NDArray[np.bool_]:
    return (lon < _CHINA_WEST) | (lon > _CHINA_EAST) | (lat < _CHINA_SOUTH) | (lat > _CHINA_NORTH)


def _wgs_to_gcj(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    shift_lon, shift_lat = _gcj_shift(lon, lat)
    outside = _outside_china(lon, lat)
    return np.where(outside, lon, lon + shift_lon), np.where(outside, lat, lat + shift_lat)


def _gcj_to_bd(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BD_WAVE)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BD_WAVE)
    outside = _outside_china(lon, lat)
    return (
        np.where(outside, lon, radius * np.cos(angle) + _BD_LON_SHIFT),
        np.where(outside, lat, radius * np.sin(angle) + _BD_LAT_SHIFT),
    )


def _gcj_to_wgs(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    return _inverse(_wgs_to_gcj, lon, lat)


def _bd_to_gcj(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    return _inverse(_gcj_to_bd, lon, lat)


def _inverse(forward: Conversion, lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """Find what `forward` takes to `lon, lat`; both conversions are a small, slowly changing shift."""
    guess_lon, guess_lat = lon, lat
    for _ in range(1 + _STEPS):  # the first is the usual one-step inverse, the start of the three
        there_lon, there_lat = forward(guess_lon, guess_lat)
        guess_lon, guess_lat = guess_lon + (lon - there_lon), guess_lat + (lat - there_lat)
    outside = _outside_china(lon, lat)
    return np.where(outside, lon, guess_lon), np.where(outside, lat, guess_lat)


@register_jitable  # as it stands for arrays, compiled for one place
def _gcj_shift(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """Return GCJ-02 minus WGS 84 in degrees, as if everywhere were inside."""
    east_m, north_m = _gcj_shift_m(lon - 105.0, lat - 35.0)
    phi = np.radians(lat)
    flattening = 1.0 - _ECCENTRICITY_SQUARED * np.sin(phi) ** 2
    prime_vertical_m = _SEMI_MAJOR_M / np.sqrt(flattening)
    meridian_m = prime_vertical_m * (1.0 - _ECCENTRICITY_SQUARED) / flattening
    # No float is a quarter turn, so the cosine is never zero; at the poles the shift is thrown away.
    return np.degrees(east_m / (prime_vertical_m * np.cos(phi))), np.degrees(north_m / meridian_m)


@register_jitable
def _gcj_shift_m(x: Degrees, y: Degrees) -> tuple[Degrees, Degrees]:
    """Return metres east and north; `x` and `y` are degrees from 105 E, 35 N."""
    common = _wave(x, 20.0, 1 / 6) + _wave(x, 20.0, 1 / 2)
    root = np.sqrt(np.abs(x))
    east_m = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + common
    for metres, period in ((20.0, 1.0), (40.0, 3.0), (150.0, 12.0), (300.0, 30.0)):
        east_m = east_m + _wave(x, metres, period)
    north_m = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + common
    for metres, period in ((20.0, 1.0), (40.0, 3.0), (160.0, 12.0), (320.0, 30.0)):
        north_m = north_m + _wave(y, metres, period)
    return east_m, north_m


@register_jitable
def _wave(value: Degrees, metres: float, half_turn: float) -> Degrees:
    return metres * 2.0 / 3.0 * np.sin(np.pi * value / half_turn)
