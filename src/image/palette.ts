/** What a palette is, and the only function that makes one from text. */

declare const checked: unique symbol;

/**
 * A palette that is known to exist: one of {@link paletteNames}, or two to sixteen colours written as
 * six lower-case hex digits with commas between. Being a plain string it crosses to a worker, and
 * equal palettes are equal strings, so it can be part of a cache key.
 */
export type Palette = string & { readonly [checked]: "Palette" };

/** Every named palette, the default first. Non-cyclic maps are shown there and back again. */
export const paletteNames: readonly Palette[] = [
  "classic",
  "viridis",
  "magma",
  "inferno",
  "plasma",
  "cividis",
  "turbo",
  "twilight",
  "rainbow",
  "sinebow",
] as string[] as Palette[];

/** The deep-blue, white and gold gradient a request gets when it names no palette. */
export const defaultPalette: Palette = "classic" as Palette;

/** Fewest and most colours in a list of hex colours. */
export const minColours = 2;
export const maxColours = 16;

/** Sixteen `#rrggbb` with their commas and a space each: nothing longer can be a palette. */
const longestText = maxColours * 9;

/**
 * Reads a palette: a name, or a list of hex colours with commas between, each of three or six digits
 * and with or without `#`. The list is a closed gradient: after the last colour comes the first.
 *
 * @throws {SyntaxError} when the text is neither, saying what is allowed
 * @throws {RangeError} when a list has fewer than 2 or more than 16 colours
 *
 * @example
 * ```ts
 * import { parsePalette } from "./mod.ts";
 * console.assert(parsePalette("viridis") === "viridis");
 * console.assert(parsePalette("#F00, 00ff00") === "ff0000,00ff00");
 * ```
 */
export function parsePalette(text: string): Palette {
  const named = paletteNames.find((name) => name === text);
  if (named !== undefined) return named;
  const shown = JSON.stringify(text.length > 40 ? text.slice(0, 40) + "…" : text);
  if (!/[#,]/.test(text)) {
    throw new SyntaxError(
      `Cannot use palette ${shown} as it is neither one of ${paletteNames.join(", ")}` +
        ` nor a list of ${minColours} to ${maxColours} hex colours such as 000764,ffffff,ffaa00`,
    );
  }
  if (text.length > longestText) {
    throw new RangeError(
      `Cannot use palette ${shown} as it is longer than ${maxColours} hex colours can be`,
    );
  }
  const colours = text.split(",").map((part) => part.trim());
  if (colours.length < minColours || colours.length > maxColours) {
    throw new RangeError(
      `Cannot use palette ${shown} as a list has ${minColours} to ${maxColours} colours` +
        ` and this one has ${colours.length}`,
    );
  }
  return colours.map((colour, i) => sixDigits(colour, i + 1, shown)).join(",") as Palette;
}

/** The hex colours of a palette that is a list, as `#rrggbb`; nothing when it is a name. */
export function listedColours(palette: Palette): string[] | undefined {
  return palette.includes(",") ? palette.split(",").map((digits) => "#" + digits) : undefined;
}

function sixDigits(colour: string, position: number, shown: string): string {
  const digits = /^#?([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(colour)?.[1]?.toLowerCase();
  if (digits === undefined) {
    throw new SyntaxError(
      `Cannot read colour ${position} of palette ${shown} as ${JSON.stringify(colour)}` +
        ` is not 3 or 6 hex digits`,
    );
  }
  return digits.length === 6 ? digits : digits.replaceAll(/./g, "$&$&");
}
