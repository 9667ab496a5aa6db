"""Pocket cards: the stations of a township or along a street as a short list, and the same as plain text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from stations.hours.wording import describe_hours
from stations.maps import style
from stations.maps.imprint import Imprint, imprint_words
from stations.maps.print_parts import Document, common_files, qr_drawing, symbol_of, template, to_json
from stations.model.paper import Paper
from stations.model.station import Station
from stations.texts import say

PAPERS = ("A6", "A5")
"""A6 front and back, or A5 across, to be folded in the middle."""


@dataclass(frozen=True, slots=True)
class CardFacts:
    """One card: what it is called, and its stations, those first that never close."""

    title: str
    always_open: tuple[Station, ...]
    others: tuple[Station, ...]


def card_document(
    cards: Sequence[CardFacts], *, paper: Paper, imprint: Imprint, lang: str, url: str = "", large: bool = False
) -> Document:
    """Return cards, each beginning on a page of its own; `url` is the rider's page, empty where it is not known."""
    given = {
        "paper": [paper.width_mm, paper.height_mm],
        "folded": paper.name == "A5",
        "lang": lang,
        "factor": 1.3 if large else 1.0,
        "brand": imprint.brand[lang],
        "sample": say(lang, "page.sample_tag") if imprint.profile.sample else None,
        "imprint": imprint_words(imprint, lang, with_map=False),
        "date": [imprint.printed_on.year, imprint.printed_on.month, imprint.printed_on.day],
        "qr": qr_drawing(url) if url else None,
        "scan": say(lang, "card.scan"),
        "cards": [
            {
                "title": card.title,
                "count": say(lang, "card.count", count=len(card.always_open) + len(card.others)),
                "groups": [
                    {"title": title, "always": always, "stations": [_content(one, lang) for one in stations]}
                    for always, title, stations in _groups(card, lang)
                ],
            }
            for card in cards
        ],
    }
    return Document(template("card.typ"), {**common_files(), "cards.json": to_json(given)}, imprint.printed_on)


def card_text(cards: Sequence[CardFacts], *, imprint: Imprint, lang: str) -> str:
    """Return cards as plain text, to be printed anywhere."""
    lines = [imprint.brand[lang]]
    if imprint.profile.sample:
        lines.append(say(lang, "page.sample"))
    for card in cards:
        lines += ["", f"{card.title} · {say(lang, 'card.count', count=len(card.always_open) + len(card.others))}"]
        for _, title, stations in _groups(card, lang):
            lines += ["", f"[{title}]"]
            for station in stations:
                told = _content(station, lang)
                lines.append(f"{told['name']} | {told['hours']}")
                lines += [f"    {text}" for text in (told["where"], "  ".join(told["services"])) if text]
    return "\n".join([*lines, "", imprint_words(imprint, lang, with_map=False), ""])


def _groups(card: CardFacts, lang: str) -> list[tuple[bool, str, tuple[Station, ...]]]:
    groups = [
        (True, say(lang, "card.always"), card.always_open),
        (False, say(lang, "card.others"), card.others),
    ]
    return [group for group in groups if group[2]]


def _content(station: Station, lang: str) -> dict[str, Any]:
    services = style.sorted_services({str(key): count for key, count in station.services.items()})
    kind = say(lang, f"kind.{station.kind}")
    entry = say(lang, f"entry.{station.entry}")
    where = (station.address or "", entry) if kind in station.name else (kind, station.address or "", entry)
    return {
        "name": station.name or kind,
        "symbol": symbol_of(station),
        "hours": describe_hours(station.hours, lang) if station.hours else say(lang, "state.unknown"),
        "unverified": "yes" if station.hours is None else "",
        "where": " · ".join(one for one in where if one),
        "services": [style.service_words(lang, key, count) for key, count in services]
        or [say(lang, "page.services_none")],
    }
