// @ts-check
/// <reference lib="dom" />
/** A dive: the map on its way to a place, at constant speed, until it is there or the page is touched. */

import { pointUnder } from "./anchor.js";
import { Flight } from "./flight.js";
import { tileSide } from "./tile_layer.js";
import { gapBetween } from "./way.js";

/** @typedef {import("./place.js").Place} Place */
/** @typedef {import("./anchor.js").Tile} Tile */
/** @typedef {import("./anchor.js").Point} Point */
/** @typedef {import("./anchor.js").Spot} Spot */

/** Longest time a frame counts for, in ms: a page in the background has not moved. */
const longestFrame = 100;

/** How many levels the view may be ahead of its tiles, which are then 8 times as large as made. */
const farthestAhead = 3;

/** What stops a dive: every hand laid on the page. */
const inputs = ["pointerdown", "wheel", "keydown", "touchstart"];

/**
 * Goes to a place. Resolves to whether it has got there, rather than been stopped.
 *
 * @param {import("./explorer_map.js").ExplorerMap} map
 * @param {Place} place
 * @param {object} how
 * @param {number} how.speed in levels of zoom a second
 * @param {() => number} how.levelsBehind how many levels the picture is behind the view
 * @returns {Promise<boolean>}
 */
export function dive(map, place, { speed, levelsBehind }) {
  map._stop();
  const start = map.place;
  const target = map.reachable(place);
  const size = map.getSize();
  const pixels = Math.max(size.x, size.y);
  const { logTiles, direction } = gapBetween(start, target);
  const flight = new Flight({
    // A tile of the first view's zoom is 256 pixels wide.
    logDistance: logTiles + (start.zoom * Math.LN2) + Math.log(tileSide / pixels),
    logRatio: (start.zoom - target.zoom) * Math.LN2,
  });
  const goal = map.spotOf(place);
  if (goal === null) return Promise.resolve(false);
  const ends = { start: map.spot, target: goal };
  let way = 0;
  let before = performance.now();
  let frame = 0;

  return new Promise((resolve) => {
    /** @param {boolean} arrived */
    const end = (arrived) => {
      cancelAnimationFrame(frame);
      for (const input of inputs) removeEventListener(input, stop, true);
      map._moveEnd(true);
      resolve(arrived);
    };
    const stop = () => {
      end(false);
      // A map at rest shows tiles as large as they were made.
      map.setZoom(Math.round(map.getZoom()));
    };
    /** @param {number} now */
    const step = (now) => {
      const passed = Math.min(Math.max(0, now - before), longestFrame);
      before = now;
      const next = Math.min(flight.length, way + passed / 1000 * speed * Math.LN2);
      const there = next >= flight.length;
      const { logWidth, offsets } = flight.at(next);
      const zoom = start.zoom - logWidth / Math.LN2;
      if (there) {
        map.arrive(ends.target, target.zoom);
        return end(true);
      }
      // On the way out what is on screen is there already, only smaller.
      if (zoom < map.worldZoom || levelsBehind() < farthestAhead) {
        way = next;
        map.pass(pointOnWay(ends, { zoom, pixels, offsets, direction }), Math.max(0, zoom));
      }
      frame = requestAnimationFrame(step);
    };
    for (const input of inputs) addEventListener(input, stop, { capture: true, passive: true });
    map._moveStart(true, false);
    frame = requestAnimationFrame(step);
  });
}

/**
 * The point between two ends of a way, counted from the nearer, whose offset is exact.
 *
 * @param {{ start: Spot, target: Spot }} ends
 * @param {{ zoom: number, pixels: number, offsets: import("./flight.js").Offsets, direction: Point }} at
 * @returns {(anchor: Tile) => Point}
 */
function pointOnWay({ start, target }, { zoom, pixels, offsets, direction }) {
  const { from, to } = offsets;
  return (anchor) => {
    const { x, y } = pointUnder(anchor, from < to ? start : target);
    const across = (from < to ? from : -to) * pixels / tileSide * 2 ** (anchor.zoom - zoom);
    return { x: x + direction.x * across, y: y + direction.y * across };
  };
}
