// @ts-check
/// <reference lib="dom" />
/** The lesson's page: has the server run it, then plays what happened, slowly enough to be seen. */

import { element } from "../elements.js";
import { fetchPatiently } from "../patient_fetch.js";
import { LessonCanvas } from "./canvas.js";
import { eventsOf } from "./event_stream.js";
import { Lanes } from "./lanes.js";
import { Player } from "./player.js";
import { Recording } from "./recording.js";
import { LessonTable } from "./table.js";

/** Sides of a batch to choose from, points. */
const sides = [8, 16, 32, 64];

/** How many times slower than it happened. */
const slownesses = [1, 2, 5, 10, 20, 40, 80, 160];

/** Milliseconds that the first way lasts on the page, as long as nobody has chosen how slow it is. */
const firstLasts = 5000;

/** Milliseconds that a slider rests before the lesson is run anew. */
const rest = 250;

const settings = JSON.parse(element("settings", HTMLScriptElement).textContent ?? "");
const still = matchMedia("(prefers-reduced-motion: reduce)").matches;

const workers = element("workers", HTMLInputElement);
const batch = element("batch", HTMLInputElement);
const slow = element("slow", HTMLInputElement);
const fit = element("fit", HTMLInputElement);
const pause = element("pause", HTMLButtonElement);

let recording = new Recording();
let leaving = new AbortController();
/** @type {ReturnType<typeof setTimeout> | undefined} */
let soon;
/** Whether it is for us to say how slowly it is played. */
let isFree = !still;
/** Microseconds that the lanes are wide now. */
let span = 1;

const canvas = new LessonCanvas(
  element("picture", HTMLCanvasElement),
  element("marks", HTMLCanvasElement),
);
const lanes = new Lanes(element("lanes", HTMLElement), element("axis", HTMLElement));
const table = new LessonTable(element("rows", HTMLElement), (way) => {
  player.show(way);
  showPaused();
});
const player = new Player({
  begin(way) {
    canvas.clear();
    span = spanOf(way);
    lanes.begin(way, { workers: recording.run?.workers ?? 1, span });
    table.mark(way);
    const one = way.workers === 1;
    element("way", HTMLElement).textContent = way.name;
    element("by", HTMLElement).textContent = one ? "1 worker" : `${way.workers} workers`;
  },
  took(taken, now) {
    canvas.fill(taken, still ? 0 : now);
    lanes.draw(taken);
  },
  frame(way, at, underWay, now) {
    canvas.mark(underWay, now);
    lanes.update(way, at);
    element("clock", HTMLElement).textContent = (at / 1000).toFixed(1);
  },
  finish() {
    if (recording.ways.every(({ played }) => played)) say("Done");
  },
});

workers.max = String(settings.limits.workers);
workers.value = String(settings.usual.workers);
batch.max = String(sides.length - 1);
batch.value = String(sides.indexOf(settings.usual.side));
slow.max = String(slownesses.length - 1);
slow.value = "0";
element("cores", HTMLElement).textContent = `of ${settings.cores} cores`;

for (const slider of [workers, batch, slow]) slider.addEventListener("input", showSliders);
slow.addEventListener("change", () => isFree = false);
for (const slider of [workers, batch]) {
  slider.addEventListener("change", () => {
    clearTimeout(soon);
    soon = setTimeout(run, rest);
  });
}
element("run", HTMLButtonElement).addEventListener("click", run);
pause.addEventListener("click", () => {
  player.paused = !player.paused;
  showPaused();
});
fit.addEventListener("change", redrawLanes);
addEventListener("resize", redrawLanes);
addEventListener("pagehide", () => leaving.abort());

showSliders();
run();
requestAnimationFrame(function tick(now) {
  player.tick(now);
  requestAnimationFrame(tick);
});

/** Runs the lesson on the server, instead of any run before. */
async function run() {
  clearTimeout(soon);
  leaving.abort();
  leaving = new AbortController();
  const { signal } = leaving;
  const mine = recording = new Recording();
  player.load(null);
  player.paused = false;
  showPaused();
  table.clear();
  canvas.clear();
  say("Starting workers…");
  const wanted = new URLSearchParams({
    workers: workers.value,
    side: String(sides[Number(batch.value)]),
  });
  try {
    const { body } = await fetchPatiently(`lesson/run?${wanted}`, signal, { ask });
    if (body === null) throw new Error("the answer was empty");
    for await (const { event, data } of eventsOf(body)) {
      if (signal.aborted) return;
      mine.take(event, data);
      const way = mine.ways.at(-1);
      if (way === undefined) continue;
      if (event === "way") {
        table.add(way);
        say(`Measuring: ${way.name}…`);
      }
      if (event === "row") table.finish(way);
    }
    if (!mine.ended) throw new Error("the server hung up");
    play(mine);
  } catch (error) {
    if (signal.aborted) return;
    say(`The lesson could not be run: ${error instanceof Error ? error.message : error}`);
  }
}

/**
 * Shows how it went. Not while it goes: where server and browser are one machine, drawing would take
 * time from the workers that are being timed.
 *
 * @param {Recording} recorded
 */
function play(recorded) {
  canvas.prepare(recorded);
  if (isFree) chooseSlowness(recorded.ways[0]?.end ?? 0);
  player.load(recorded);
  say("");
}

/**
 * Asks, and says so when others are before us.
 *
 * @param {string} url
 * @param {{ signal: AbortSignal }} init
 */
async function ask(url, init) {
  const response = await fetch(url, init);
  if (response.status === 503) say("The server runs another lesson; waiting for it…");
  return response;
}

/**
 * Microseconds that the lanes are wide: the time of the first way for all, so that they can be compared,
 * or a way's own.
 *
 * @param {import("./recording.js").Way} way
 */
function spanOf(way) {
  const first = recording.ways[0]?.end ?? 0;
  return Math.max(1, way.end, fit.checked ? 0 : first);
}

/** Draws the lanes of the way on the stage once more, as far as it has been played. */
function redrawLanes() {
  const { way, at } = player;
  if (way === null) return;
  span = spanOf(way);
  lanes.rescale(span);
  for (const taken of way.taken) if (taken.ended <= at) lanes.draw(taken);
  lanes.update(way, at);
}

/** @param {number} first microseconds that the first way took */
function chooseSlowness(first) {
  const enough = slownesses.findLastIndex((times) => times * first <= firstLasts * 1000);
  slow.value = String(Math.max(0, enough));
  showSliders();
}

function showSliders() {
  const side = sides[Number(batch.value)] ?? 1;
  player.slowness = slownesses[Number(slow.value)] ?? 1;
  element("workers-value", HTMLElement).textContent = workers.value;
  element("batch-value", HTMLElement).textContent = `${side} × ${side}`;
  element("slow-value", HTMLElement).textContent = player.slowness === 1
    ? "as it happened"
    : `${player.slowness}× slower`;
}

function showPaused() {
  pause.textContent = player.paused ? "Go on" : "Pause";
}

/** @param {string} text */
function say(text) {
  element("state", HTMLElement).textContent = text;
}
