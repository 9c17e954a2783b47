/// <reference lib="dom" />
/** The explorer in a browser, watched: what it asks for, and what goes wrong. */

import type { Browser, BrowserContextOptions, Page } from "playwright-core";

/** A tile of the page as the browser has laid it out, in pixels of the page. */
export interface LaidTile {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Pixels across of the picture in it; 0 when there is none. */
  readonly pixels: number;
}

export class ExplorerPage implements AsyncDisposable {
  readonly page: Page;
  /** Paths and queries of every tile asked for, in order. */
  readonly tilePaths: string[] = [];
  /** Everything that must not happen: errors, failed requests, requests to other servers. */
  readonly faults: string[] = [];

  private constructor(page: Page, origin: string) {
    this.page = page;
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) this.faults.push(message.text());
    });
    page.on("pageerror", (error) => this.faults.push(error.message));
    page.on("request", (request) => {
      const url = new URL(request.url());
      if (url.protocol === "blob:" || url.protocol === "data:") return;
      if (url.origin !== origin) this.faults.push(`another origin: ${url}`);
      if (url.pathname.startsWith("/tiles/")) this.tilePaths.push(url.pathname + url.search);
    });
    page.on("requestfailed", (request) => {
      // A tile that has left the screen is given up on purpose.
      if (request.failure()?.errorText === "net::ERR_ABORTED") return;
      this.faults.push(`${request.failure()?.errorText}: ${request.url()}`);
    });
    page.on("response", (response) => {
      if (response.status() >= 400) this.faults.push(`${response.status()}: ${response.url()}`);
    });
  }

  /** Opens the page in a window of its own, without motion unless asked for, and waits for its first picture. */
  static async open(
    browser: Browser,
    url: string,
    options: BrowserContextOptions = {},
  ): Promise<ExplorerPage> {
    const viewport = { width: 900, height: 700 };
    const context = await browser.newContext({
      viewport,
      deviceScaleFactor: 1,
      reducedMotion: "reduce",
      ...options,
    });
    const explorer = new ExplorerPage(await context.newPage(), new URL(url).origin);
    await explorer.page.goto(url);
    await explorer.settled();
    return explorer;
  }

  /**
   * Waits until the picture is whole and at rest: one layer, every tile of it loaded and opaque, none
   * of another zoom left, and the address bar written with the zoom that the figures show. `zoom` waits for that zoom as well.
   */
  async settled(zoom?: number): Promise<void> {
    await this.page.waitForFunction(
      (zoom) => {
        const layers = document.querySelectorAll(".leaflet-layer");
        const levels = [...document.querySelectorAll(".leaflet-tile-container")]
          .filter((level) => level.childElementCount > 0);
        const tiles = [...document.querySelectorAll<HTMLImageElement>("img.leaflet-tile")];
        const written = new URLSearchParams(location.hash.slice(1)).get("zoom");
        const power = "2" + (written ?? "").replaceAll(/./g, (d) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(d)] ?? d);
        return layers.length === 1 && levels.length === 1 && tiles.length > 0 &&
          tiles.every((tile) =>
            tile.classList.contains("leaflet-tile-loaded") && ["1", ""].includes(tile.style.opacity)
          ) &&
          document.querySelector(".leaflet-zoom-anim, .leaflet-pan-anim") === null &&
          document.getElementById("zoom")?.textContent === power &&
          (zoom === undefined || written === String(zoom));
      },
      zoom,
      { polling: 50 },
    );
  }

  /** The tiles in the page, topmost row first. */
  async tiles(): Promise<LaidTile[]> {
    const tiles = await this.page.$$eval("img.leaflet-tile", (images) =>
      images.map((image) => {
        const { left, top, width, height } = image.getBoundingClientRect();
        return { left, top, width, height, pixels: (image as HTMLImageElement).naturalWidth };
      }));
    return tiles.sort((a, b) => a.top - b.top || a.left - b.left);
  }

  /** Waits until the hash satisfies a pattern. */
  async hashMatches(pattern: RegExp): Promise<void> {
    await this.page.waitForFunction(
      (source) => new RegExp(source).test(location.hash),
      pattern.source,
    );
  }

  /** What stands after the `#`. */
  get hash(): string {
    return new URL(this.page.url()).hash.slice(1);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.page.context().close();
  }
}
