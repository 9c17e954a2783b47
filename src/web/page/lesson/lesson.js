// @ts-check
/// <reference lib="dom" />
/** The lesson's page: has the server run it and shows it live; afterwards plays it again, slowed down. */

import { element } from "../elements.js";
import { fetchPatiently } from "../patient_fetch.js";
import { eventsOf } from "./event_stream.js";
import { Live } from "./live.js";
import { Player } from "./player.js";
import { Recording } from "./recording.js";
import { Stage } from "./stage.js";
import { LessonTable } from "./table.js";

/** Sides of a batch to choose from, points. */
const sides = [8, 16, 32, 64];

/** How many times slower than it happened it can be played again. */
const slownesses = [1, 2, 5, 10, 20, 40, 80, 160];

/** Milliseconds that the first way lasts at least when it is played again, until another speed is chosen. */
const firstLasts = 6000;

/** Milliseconds that a slider rests before the lesson is run anew. */
const rest = 250;

/** Milliseconds between two pictures of a run under way: its workers may be on this machine. */
const beat = 200;

const settings = JSON.parse(element("settings", HTMLScriptElement).textContent ?? "");
const still = matchMedia("(prefers-reduced-motion: reduce)").matches;

const picture = element("which", HTMLSelectElement);
const workers = element("workers", HTMLInputElement);
const batch = element("batch", HTMLInputElement);
const slow = element("slow", HTMLInputElement);
const pause = element("pause", HTMLButtonElement);
const again = element("again", HTMLButtonElement);

let recording = new Recording();
let leaving = new AbortController();
/** @type {ReturnType<typeof setTimeout> | undefined} */
let soon;
/** Whether it is for us to say how slowly it is played. */
let isFree = !still;
let isPlaying = false;

const stage = new Stage();
const table = new LessonTable(element("rows", HTMLElement), (way) => {
  player.show(way);
  play();
});
const player = new Player({
  begin(way) {
    table.mark(way);
    stage.begin(way, replaying());
  },
  took: (taken, now) => stage.took(taken, still ? 0 : now),
  frame: (at, underWay, now) => stage.frame(at, underWay, now),
  finish() {
    if (recording.ways.every(({ played }) => played)) say("Done");
  },
});

choose(new URLSearchParams(location.search));
slow.max = String(slownesses.length - 1);
slow.value = "0";
element("cores", HTMLElement).textContent = `of ${settings.cores} cores`;

for (const slider of [workers, batch, slow]) slider.addEventListener("input", showSliders);
slow.addEventListener("change", () => {
  isFree = false;
  if (player.way !== null) stage.say(replaying());
});
for (const control of [picture, workers, batch]) {
  control.addEventListener("change", () => {
    clearTimeout(soon);
    soon = setTimeout(run, rest);
  });
}
element("run", HTMLButtonElement).addEventListener("click", run);
again.addEventListener("click", () => {
  player.playAll();
  say("");
  play();
});
pause.addEventListener("click", () => {
  player.paused = !player.paused;
  showPaused();
});
addEventListener("pagehide", () => leaving.abort());

showSliders();
showPaused();
run();

/** Plays on, frame by frame, as long as there is something to play. */
function play() {
  showPaused();
  if (isPlaying) return;
  isPlaying = true;
  requestAnimationFrame(function tick(now) {
    isPlaying = player.way !== null;
    if (!isPlaying) return;
    player.tick(now);
    requestAnimationFrame(tick);
  });
}

/**
 * Sets what there is to choose to what the page's address says, else to what is usual.
 *
 * @param {URLSearchParams} address
 */
function choose(address) {
  const { limits, usual } = settings;
  picture.value = address.get("picture") ?? usual.picture;
  if (picture.selectedIndex < 0) picture.value = usual.picture;
  workers.max = String(limits.workers);
  workers.value = address.get("workers") ?? String(usual.workers);
  const side = sides.indexOf(Number(address.get("side")));
  batch.max = String(sides.length - 1);
  batch.value = String(side < 0 ? sides.indexOf(usual.side) : side);
}

/** Runs the lesson on the server, instead of any run before. */
async function run() {
  clearTimeout(soon);
  leaving.abort();
  leaving = new AbortController();
  const { signal } = leaving;
  const mine = recording = new Recording();
  player.load(null);
  again.disabled = true;
  showPaused();
  table.clear();
  stage.say("");
  say("Starting workers…");
  const live = new Live(stage, mine);
  const beating = setInterval(() => {
    const now = performance.now();
    live.tick(now);
    if (live.way !== undefined) table.tick(live.way, live.at(now));
  }, beat);
  try {
    const wanted = new URLSearchParams({
      picture: picture.value,
      workers: workers.value,
      side: String(sides[Number(batch.value)]),
    });
    const { body } = await fetchPatiently(`lesson/run?${wanted}`, signal, { ask });
    if (body === null) throw new Error("the answer was empty");
    for await (const { event, data } of eventsOf(body)) {
      if (signal.aborted) return;
      mine.take(event, data);
      live.heard(event, performance.now());
      showInTable(event, mine);
    }
    if (!mine.ended) throw new Error("the server hung up");
    finish(mine);
  } catch (error) {
    if (signal.aborted) return;
    say(`The lesson could not be run: ${error instanceof Error ? error.message : error}`);
  } finally {
    clearInterval(beating);
  }
}

/**
 * @param {string} event
 * @param {Recording} run
 */
function showInTable(event, { ways }) {
  const way = ways.at(-1);
  if (way === undefined) return;
  if (event === "way") {
    table.add(way);
    table.mark(way);
    say(`Way ${way.number + 1} is under way`);
  }
  if (event === "row") table.finish(way);
}

/**
 * A run is complete, and can be played again.
 *
 * @param {Recording} recorded
 */
function finish(recorded) {
  if (isFree) chooseSlowness(recorded.ways[0]?.end ?? 0);
  player.load(recorded);
  again.disabled = false;
  stage.say("Done");
  say("Done. Click a way to see it again, slowed down.");
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

/** @param {number} first microseconds that the first way took */
function chooseSlowness(first) {
  const enough = slownesses.findIndex((times) => times * first >= firstLasts * 1000);
  slow.value = String(enough < 0 ? slownesses.length - 1 : enough);
  showSliders();
}

function replaying() {
  return player.slowness === 1 ? "Replay" : `Replay ${player.slowness}× slower`;
}

function showSliders() {
  const side = sides[Number(batch.value)] ?? 1;
  player.slowness = slownesses[Number(slow.value)] ?? 1;
  element("workers-value", HTMLElement).textContent = workers.value;
  element("batch-value", HTMLElement).textContent = `${side} × ${side}`;
  element("slow-value", HTMLElement).textContent = `${player.slowness}×`;
}

function showPaused() {
  pause.textContent = player.paused ? "Go on" : "Pause";
  pause.disabled = player.way === null;
}

/** @param {string} text */
function say(text) {
  element("state", HTMLElement).textContent = text;
}
