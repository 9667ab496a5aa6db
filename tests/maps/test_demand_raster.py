"""The image of demand: where its cells lie, and in which colours."""

from __future__ import annotations

import base64
import io

import numpy as np
import pytest
from PIL import Image

from stations.maps.demand_raster import CELL_PX, draw_demand
from stations.maps.style import DEMAND_SHADES


def pixels(drawn):
    png = base64.b64decode(drawn.url.removeprefix("data:image/png;base64,"))
    return np.array(Image.open(io.BytesIO(png)).convert("RGBA"))


def colour(state):
    shade = DEMAND_SHADES[state].light
    return [int(shade[at : at + 2], 16) for at in (1, 3, 5)]


def draw(lon, lat, weight, states):
    return draw_demand(np.array(lon), np.array(lat), np.array(weight, dtype=float), states)


def test_every_place_lies_in_a_cell_of_its_state():
    lon, lat, states = [116.70, 116.80, 116.75], [35.50, 35.60, 35.55], ["covered", "gap", "unknown"]
    drawn = draw(lon, lat, [10, 10, 10], states)
    image = pixels(drawn)
    west, south, east, north = drawn.bounds
    mercator = lambda degrees: np.arctanh(np.sin(np.radians(degrees)))  # noqa: E731 - as Leaflet does

    for x, y, state in zip(lon, lat, states, strict=True):
        column = int((x - west) / (east - west) * image.shape[1]) // CELL_PX * CELL_PX
        down = (mercator(north) - mercator(y)) / (mercator(north) - mercator(south))
        row = int(down * image.shape[0]) // CELL_PX * CELL_PX
        cell = image[row : row + CELL_PX, column : column + CELL_PX].reshape(-1, 4)
        filled = cell[cell[:, 3] > 0]
        assert (filled[:, :3] == colour(state)).all()
        assert len(filled) == CELL_PX**2 // (2 if state == "unknown" else 1)  # hatched


def test_a_cell_takes_the_state_of_most_of_its_weight():
    image = pixels(draw([116.70001, 116.70002], [35.50001, 35.50002], [1, 3], ["covered", "gap"]))

    assert {tuple(one[:3]) for one in image.reshape(-1, 4)} == {tuple(colour("gap"))}


@pytest.mark.parametrize("weights", [[0.0], [0.0, 0.0]])
def test_what_weighs_nothing_is_clear(weights):
    image = pixels(draw([116.7] * len(weights), [35.5] * len(weights), weights, ["gap"] * len(weights)))

    assert not image[..., 3].any()


def test_no_demand_is_no_image():
    assert draw([], [], [], []) is None


def test_many_cells_stay_light():
    rng = np.random.default_rng(7)
    lon, lat = rng.uniform(116.6, 116.9, 20_000), rng.uniform(35.4, 35.7, 20_000)
    states = rng.choice(["covered", "gap", "unknown"], 20_000).tolist()

    assert len(draw(lon, lat, rng.uniform(1, 99, 20_000), states).url) < 60_000
