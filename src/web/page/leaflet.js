// @ts-check
/** The one door to Leaflet, which its own script has put on the window. */

export const L = /** @type {import("./leaflet.d.ts").Leaflet} */ (Reflect.get(globalThis, "L"));
