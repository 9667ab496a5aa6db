/* The base map: a region's own roads, water and names, drawn on canvas tiles; no tile server. Needs Leaflet and
 * common.js. Colours come from the CSS variables of the map's container, widths from the page's `map` block. */
(() => {
  "use strict";

  const { page, say } = window.Stations;
  const UNIT = 1e-5;
  const TILE_PX = 256;
  const AREAS = [["built_up", "built-up"], ["green", "green"], ["water", "water"]];
  const RAILWAY_MIN_ZOOM = 10;
  const WATERWAY_MIN_ZOOM = 10;
  const SAME_NAME_PX = 320;

  /* Web Mercator on the unit square: x and y from 0 to 1, y downwards; times 256 * 2^zoom gives pixels. */
  const unitX = (lon) => (lon + 180) / 360;
  function unitY(lat) {
    const sine = Math.sin((lat * Math.PI) / 180);
    return 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
  }

  /** A delta-encoded line of 1e-5 degrees as points of the unit square with their bounds. */
  function decodeLine(numbers) {
    const points = new Float64Array(numbers.length);
    let lon = 0;
    let lat = 0;
    let [west, north, east, south] = [1, 1, 0, 0];
    for (let i = 0; i + 1 < numbers.length; i += 2) {
      lon += numbers[i];
      lat += numbers[i + 1];
      const x = unitX(lon * UNIT);
      const y = unitY(lat * UNIT);
      points[i] = x;
      points[i + 1] = y;
      if (x < west) west = x;
      if (x > east) east = x;
      if (y < north) north = y;
      if (y > south) south = y;
    }
    return { points, west, north, east, south };
  }

  const decodeLines = (lines) => (lines || []).map(decodeLine);

  function decodeBase(json) {
    const roads = {};
    for (const [rank, lines] of Object.entries(json.roads || {})) roads[rank] = decodeLines(lines);
    const areas = {};
    for (const [layer] of AREAS) areas[layer] = decodeLines(json[layer]);
    return { roads, areas, coastline: decodeLines(json.coastline), waterway: decodeLines(json.waterway), railway: decodeLines(json.railway) };
  }

  function readColours(container) {
    const style = getComputedStyle(container);
    return (name) => style.getPropertyValue(`--map-${name}`).trim();
  }

  /** Straight between the zooms that widths are given for. */
  function widthAt(widths, zoom) {
    const zooms = page.map.width_zooms;
    if (zoom <= zooms[0]) return widths[0];
    for (let i = 1; i < zooms.length; i += 1) {
      if (zoom <= zooms[i]) {
        const part = (zoom - zooms[i - 1]) / (zooms[i] - zooms[i - 1]);
        return widths[i - 1] + part * (widths[i] - widths[i - 1]);
      }
    }
    return widths[widths.length - 1];
  }

  /** Draws lines and areas of the unit square into one tile; `scale` is pixels per unit. */
  class TilePen {
    constructor(context, coords, sizePx) {
      this.context = context;
      this.zoom = coords.z;
      this.scale = TILE_PX * 2 ** coords.z;
      this.left = coords.x * TILE_PX;
      this.top = coords.y * TILE_PX;
      this.sizePx = sizePx;
    }

    touches(shape, marginPx) {
      const far = this.sizePx + marginPx;
      return (
        shape.east * this.scale - this.left >= -marginPx && shape.west * this.scale - this.left <= far &&
        shape.south * this.scale - this.top >= -marginPx && shape.north * this.scale - this.top <= far
      );
    }

    trace(points) {
      const { context, scale, left, top } = this;
      let lastX = points[0] * scale - left;
      let lastY = points[1] * scale - top;
      context.moveTo(lastX, lastY);
      const end = points.length - 2;
      for (let i = 2; i <= end; i += 2) {
        const x = points[i] * scale - left;
        const y = points[i + 1] * scale - top;
        if (i < end && Math.abs(x - lastX) + Math.abs(y - lastY) < 0.8) continue;
        context.lineTo(x, y);
        lastX = x;
        lastY = y;
      }
    }

    fill(shapes, colour) {
      this.context.fillStyle = colour;
      for (const shape of shapes) {
        if (!this.touches(shape, 0)) continue;
        this.context.beginPath();
        this.trace(shape.points);
        this.context.fill();
      }
    }

    stroke(shapes, colour, widthPx, { dash = [], cap = "round" } = {}) {
      const { context } = this;
      context.strokeStyle = colour;
      context.lineWidth = widthPx;
      context.lineCap = cap;
      context.lineJoin = "round";
      context.setLineDash(dash);
      context.beginPath();
      for (const shape of shapes) if (this.touches(shape, widthPx)) this.trace(shape.points);
      context.stroke();
    }
  }

  function drawRailway(pen, lines, colour) {
    if (pen.zoom < RAILWAY_MIN_ZOOM) return;
    const width = pen.zoom < 14 ? 2 : 3.6;
    const bar = pen.zoom < 14 ? 5 : 9;
    pen.stroke(lines, colour("railway"), width, { cap: "butt" });
    pen.stroke(lines, colour("railway-gap"), width - 1.2, { dash: [bar, bar], cap: "butt" });
  }

  function drawRoads(pen, roads, colour) {
    const ranks = page.map.ranks.filter((rank) => pen.zoom >= rank.min_zoom && roads[rank.rank]);
    const cased = ranks.filter((rank) => pen.zoom >= rank.cased_from);
    for (const rank of ranks) {
      if (cased.includes(rank)) continue;
      const dash = rank.rank === "path" ? [4, 3] : [];
      const fill = rank.casing ? colour("lane") : colour(rank.fill);
      pen.stroke(roads[rank.rank], fill, widthAt(rank.width_px, pen.zoom), { dash, cap: dash.length ? "butt" : "round" });
    }
    for (const rank of cased) pen.stroke(roads[rank.rank], colour(rank.casing), widthAt(rank.width_px, pen.zoom) + 1.6);
    for (const rank of cased) pen.stroke(roads[rank.rank], colour(rank.fill), widthAt(rank.width_px, pen.zoom));
  }

  const BaseTiles = L.GridLayer.extend({
    initialize(base, options) {
      L.GridLayer.prototype.initialize.call(this, options);
      this._base = base;
    },

    createTile(coords) {
      const tile = document.createElement("canvas");
      const ratio = window.devicePixelRatio || 1;
      tile.width = TILE_PX * ratio;
      tile.height = TILE_PX * ratio;
      const context = tile.getContext("2d");
      context.scale(ratio, ratio);
      const colour = readColours(this._map.getContainer());
      const pen = new TilePen(context, coords, TILE_PX);
      for (const [layer, name] of AREAS) pen.fill(this._base.areas[layer], colour(name));
      if (coords.z >= WATERWAY_MIN_ZOOM) pen.stroke(this._base.waterway, colour("water"), coords.z < 14 ? 1.5 : 3.5);
      pen.stroke(this._base.coastline, colour("water"), 2);
      drawRailway(pen, this._base.railway, colour);
      drawRoads(pen, this._base.roads, colour);
      return tile;
    },
  });

  /** Boxes that are taken; a label is written only where all of its boxes are free. */
  class TakenBoxes {
    constructor() {
      this.boxes = [];
    }

    take(boxes) {
      const meets = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
      if (boxes.some((box) => this.boxes.some((taken) => meets(box, taken)))) return false;
      this.boxes.push(...boxes);
      return true;
    }
  }

  /** Boxes along a label of `lengthPx` that is turned by `turn` (radians) about its middle. */
  function boxesAlong(x, y, lengthPx, heightPx, turn) {
    if (turn === 0) return [[x - lengthPx / 2, y - heightPx / 2, x + lengthPx / 2, y + heightPx / 2]];
    const boxes = [];
    const steps = Math.max(1, Math.ceil(lengthPx / heightPx));
    for (let i = 0; i <= steps; i += 1) {
      const along = (i / steps - 0.5) * lengthPx;
      const middleX = x + along * Math.cos(turn);
      const middleY = y + along * Math.sin(turn);
      boxes.push([middleX - heightPx / 2, middleY - heightPx / 2, middleX + heightPx / 2, middleY + heightPx / 2]);
    }
    return boxes;
  }

  /** `angle` in degrees against the clock from east; turned so that no name stands on its head. */
  function uprightTurn(angle) {
    let degrees = -angle % 180;
    if (degrees > 90) degrees -= 180;
    if (degrees <= -90) degrees += 180;
    return (degrees * Math.PI) / 180;
  }

  function labelCandidates(json) {
    const places = page.map.places;
    const importance = new Map(places.map((style, index) => [style.kind, index]));
    const placeNames = (json.places || []).map(([text, kind, lon, lat]) => {
      const style = places[importance.get(kind) ?? places.length - 1];
      return {
        text, x: unitX(lon * UNIT), y: unitY(lat * UNIT), turn: 0, minZoom: style.min_zoom, maxZoom: style.max_zoom,
        font: [style.weight, style.size_px], colour: "label", order: importance.get(kind) ?? places.length,
      };
    });
    const roadNames = [...page.map.ranks].reverse().flatMap((rank, index) =>
      ((json.road_names || {})[rank.rank] || []).map(([text, lon, lat, angle]) => ({
        text, x: unitX(lon * UNIT), y: unitY(lat * UNIT), turn: uprightTurn(angle), minZoom: rank.label_zoom, maxZoom: 18,
        font: [400, rank.label_px], colour: "road-label", order: 100 + index,
      })));
    return [...placeNames, ...roadNames].sort((a, b) => a.order - b.order);
  }

  /** Names on a canvas above the tiles: written greedily, the more important first, none over another. */
  const BaseLabels = L.Layer.extend({
    initialize(json) {
      this._candidates = labelCandidates(json);
    },

    onAdd(map) {
      this._map = map;
      this._canvas = L.DomUtil.create("canvas", "base-labels leaflet-zoom-hide", map.getPane("overlayPane"));
      map.on("moveend zoomend resize", this.redraw, this);
      this.redraw();
    },

    onRemove(map) {
      map.off("moveend zoomend resize", this.redraw, this);
      this._canvas.remove();
    },

    redraw() {
      const map = this._map;
      const size = map.getSize();
      const pad = Math.round(size.x / 4);
      const ratio = window.devicePixelRatio || 1;
      const canvas = this._canvas;
      const [width, height] = [size.x + 2 * pad, size.y + 2 * pad];
      canvas.width = width * ratio;
      canvas.height = height * ratio;
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
      const corner = map.containerPointToLayerPoint([-pad, -pad]);
      L.DomUtil.setPosition(canvas, corner);
      const context = canvas.getContext("2d");
      context.scale(ratio, ratio);
      this._write(context, map.getPixelOrigin().add(corner), width, height);
    },

    _write(context, origin, width, height) {
      const zoom = this._map.getZoom();
      const scale = TILE_PX * 2 ** zoom;
      const colour = readColours(this._map.getContainer());
      const family = getComputedStyle(this._map.getContainer()).fontFamily;
      const taken = new TakenBoxes();
      const written = new Map();
      context.textAlign = "center";
      context.textBaseline = "middle";
      context.lineJoin = "round";
      context.lineWidth = 4;
      context.strokeStyle = colour("ground");
      for (const label of this._candidates) {
        if (zoom < label.minZoom || zoom > label.maxZoom) continue;
        const x = label.x * scale - origin.x;
        const y = label.y * scale - origin.y;
        if (x < 0 || y < 0 || x > width || y > height) continue;
        const near = written.get(label.text) || [];
        if (near.some(([otherX, otherY]) => Math.hypot(x - otherX, y - otherY) < SAME_NAME_PX)) continue;
        context.font = `${label.font[0]} ${label.font[1]}px ${family}`;
        const lengthPx = context.measureText(label.text).width + 8;
        if (!taken.take(boxesAlong(x, y, lengthPx, label.font[1] + 6, label.turn))) continue;
        written.set(label.text, [...near, [x, y]]);
        context.save();
        context.translate(x, y);
        context.rotate(label.turn);
        context.strokeText(label.text, 0, 0);
        context.fillStyle = colour(label.colour);
        context.fillText(label.text, 0, 0);
        context.restore();
      }
    },
  });

  function attribute(map, text) {
    if (!map.attributionControl) return;
    map.attributionControl.setPrefix(false);
    const plain = document.createElement("span");
    plain.textContent = text;
    map.attributionControl.addAttribution(plain.innerHTML);
  }

  /**
   * Draw the base map of `url` below everything else on `map`.
   *
   * Answers a promise of true, or of false where the base could not be loaded; the map stays usable and says so.
   */
  async function addBaseMap(map, url) {
    attribute(map, page.attribution);
    let json;
    try {
      const response = await fetch(url);
      if (!response.ok) throw new Error(String(response.status));
      json = await response.json();
    } catch {
      attribute(map, say("page.base_failed"));
      return false;
    }
    const tiles = new BaseTiles(decodeBase(json), { tileSize: TILE_PX, maxZoom: 18, minZoom: 5, updateWhenZooming: false });
    const labels = new BaseLabels(json);
    tiles.addTo(map);
    labels.addTo(map);
    window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      tiles.redraw();
      labels.redraw();
    });
    return true;
  }

  window.Stations.addBaseMap = addBaseMap;
})();
