"""What the first answer costs on a middling phone with a poor net."""

from __future__ import annotations

import sys
import time

import pytest

pytestmark = pytest.mark.browser

CENTRE = (116.8235, 35.5567)
SLOWER = 4
KBIT_S = 400
LATENCY_MS = 400
MOST_BYTES = 100_000
FINDINGS = """async () => (await axe.run(document, {
    runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] },
})).violations.length"""


def test_the_first_answer_is_light_and_soon(visit, axe, capsys):
    window = visit(360, 740, at=CENTRE, service_workers="block")  # its traffic would not be slowed, nor counted
    page = window.page
    wire = window.context.new_cdp_session(page)
    received = []
    wire.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    wire.send("Network.enable")
    bytes_s = KBIT_S * 1000 / 8
    wire.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": LATENCY_MS, "downloadThroughput": bytes_s, "uploadThroughput": bytes_s},
    )
    wire.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})

    began = time.monotonic()
    window.go("/?lang=zh")
    page.wait_for_selector("#answer .card", timeout=60_000)
    list_s, list_bytes = time.monotonic() - began, sum(received)
    asked = [url.removeprefix(window.home).split("?")[0] for url in window.requests]
    opened = time.monotonic()
    page.locator("#map-toggle").click()
    page.wait_for_selector(".station-icon", timeout=60_000)
    marks_s = time.monotonic() - opened
    page.wait_for_selector("#map-sheet.based", timeout=60_000)
    map_s = time.monotonic() - opened
    wire.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    page.evaluate(axe)
    findings = page.evaluate(FINDINGS)

    window.complaints = [said for said in window.complaints if "blocked by Playwright" not in said]
    figures = (
        f"phone, CPU {SLOWER}x slower, {KBIT_S} kbit/s, {LATENCY_MS} ms: first answer {list_bytes / 1000:.1f} kB in "
        f"{list_s:.1f} s ({len(asked)} requests); map: stations after {marks_s:.1f} s, base map after {map_s:.1f} s; "
        f"other hosts {len(window.foreign)}; axe {findings}; console {len(window.complaints)}"
    )
    with capsys.disabled():
        sys.stdout.write(f"\n{figures}\n")
    assert list_bytes <= MOST_BYTES
    assert not [path for path in asked if "leaflet" in path or "basemap" in path]
    assert window.foreign == []
    assert findings == 0
    assert window.complaints == []
