"""Pocket cards, from what the screen shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import shapely

from stations.errors import InputError
from stations.geo.crs import to_metres
from stations.geo.snap import street_lines
from stations.maps.card import PAPERS, CardFacts, card_document, card_text
from stations.maps.print_parts import Document
from stations.model.paper import Paper, read_paper
from stations.services.posters import always_open, imprint_of, stations_for_print, townships_of
from stations.services.region import Region
from stations.texts import say

ALONG_M = 100.0
"""A station that is no further than this from a street is along it."""


@dataclass(frozen=True, slots=True)
class CardQuery:
    """Which cards: of a township, or along a street; of every township where neither is named.

    Raises
    ------
    InputError
        Cards do not come on this paper.
    """

    paper: Paper
    lang: str = "zh"
    township: str = ""
    street: str = ""
    large: bool = False

    def __post_init__(self) -> None:
        read_paper(self.paper.name, among=PAPERS)


def make_cards(query: CardQuery, region: Region, *, when: datetime, public_url: str) -> Document:
    """Return the cards of a query; see `make_posters` for the parameters.

    Raises
    ------
    InputError
        No open station fits the query.
    """
    return card_document(
        _cards(query, region, when),
        paper=query.paper,
        imprint=imprint_of(region, when),
        lang=query.lang,
        url=f"{public_url}/?lang={query.lang}" if public_url else "",
        large=query.large,
    )


def list_cards(query: CardQuery, region: Region, *, when: datetime) -> str:
    """Return the same as plain text; raises as `make_cards` does."""
    return card_text(_cards(query, region, when), imprint=imprint_of(region, when), lang=query.lang)


def _cards(query: CardQuery, region: Region, when: datetime) -> list[CardFacts]:
    if query.street:
        title = say(query.lang, "card.along", street=query.street)
        return [_card(title, stations_along(query.street, region), region, when)]
    if query.township:
        return [_card(query.township, stations_for_print(region, township=query.township), region, when)]
    cards = [_card(name, stations_for_print(region, township=name), region, when) for name in townships_of(region)]
    homeless = [number for number in stations_for_print(region) if not region.stations[number].township]
    if homeless:
        title = say(query.lang, "page.no_township") if cards else region.profile.names[query.lang]
        cards.append(_card(title, homeless, region, when))
    return cards


def _card(title: str, numbers: list[int], region: Region, when: datetime) -> CardFacts:
    always = always_open(region, when)
    return CardFacts(
        title=title,
        always_open=tuple(region.stations[number] for number in numbers if number in always),
        others=tuple(region.stations[number] for number in numbers if number not in always),
    )


def stations_along(street: str, region: Region) -> list[int]:
    """Return the numbers of the open stations along a street, from its west end, or from its north end.

    Raises
    ------
    InputError
        There is no street of that name, or no station along it.
    """
    network = region.roads.network
    named = network.names.index(street) if street in network.names else 0
    lines = street_lines(network)[network.street_name == named] if named else []
    if not len(lines):
        raise InputError("card.street", field="street", value=street[:40])
    whole = shapely.union_all(lines)
    x, y = (np.asarray(axis) for axis in to_metres(region.arrays.lon, region.arrays.lat, crs=network.crs))
    near = shapely.distance(whole, shapely.points(x, y)) <= ALONG_M
    numbers = np.flatnonzero(near & region.arrays.listed)
    if not len(numbers):
        raise InputError("card.street", field="street", value=street[:40])
    west, south, east, north = whole.bounds
    place = x[numbers] if east - west >= north - south else -y[numbers]
    found: list[int] = numbers[np.argsort(place, kind="stable")].tolist()
    return found
