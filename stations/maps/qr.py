"""QR codes as drawings."""

from __future__ import annotations

import segno


def qr_svg(text: str) -> str:
    """Return a QR code of `text` as an SVG element, black on white with its quiet zone, sized by its container.

    Error correction is M (15 %) at least: a code on a door gets scratched.
    """
    code = segno.make(text, error="m", micro=False)
    return code.svg_inline(scale=1, border=4, dark="#000000", light="#ffffff", omitsize=True, svgclass="qr")
