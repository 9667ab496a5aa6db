"""What every template may call: symbols, marks, words of services, and the facts its scripts need."""

from __future__ import annotations

from flask import Flask
from markupsafe import Markup

from stations.maps import style
from stations.model.keys import ANSWERS, Need, ServiceKey, StationKind
from stations.web.current import current_region
from stations.web.language import current_language


def init_app(app: Flask) -> None:
    """Give every template what it draws with."""

    @app.context_processor
    def _drawing() -> dict[str, object]:
        lang, profile = current_language(), current_region().profile
        return {
            "region": profile,
            "needs": list(Need),
            "services": list(ServiceKey),
            "kinds": list(StationKind),
            "answers": {need: sorted(services) for need, services in ANSWERS.items()},
            "symbol": lambda key: Markup(style.symbol_svg(key)),  # our own drawing
            "mark": lambda state: Markup(style.mark_svg(state)),  # our own drawing
            "symbols": style.SYMBOLS,
            "marks": style.MARKS,
            "words": style.page_words(lang),
            "map_style": style.map_style(),
            "css_variables": Markup(style.css_variables()),  # our own colours
            "service_words": lambda key, count: style.service_words(lang, key, count),
            "sorted_services": style.sorted_services,
            "speeds": {
                mode: {"speed_kmh": one.speed_kmh, "parking_s": one.parking_s} for mode, one in profile.modes.items()
            },
            "roads_source": profile.sources.get("roads", {}).get(lang, ""),
        }
