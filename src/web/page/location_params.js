// @ts-check
/**
 * What location files ask for besides a place: other formulas, turned and stretched views. None of it is
 * drawn here, and a file that asks for it is refused by the name of its key: drawn without, it would
 * show something else.
 */

/** @typedef {import("./location_text.js").Row} Row */
/**
 * @typedef {object} UnsupportedParam
 * @property {readonly string[]} names of keys: lower case, without section, underscores and hyphens
 * @property {(value: string) => boolean} isNone whether a value asks for nothing special
 * @property {string} asks what any other value asks for
 * @property {string} supported
 */

/** Degrees, and powers of two, that come from another program's rounding and move no pixel. */
const rounding = 1e-9;

/** Sections in which keys mean the same as without one. */
const sections = /^(?:location|view|fractal|formula|transform)\./;

/** Keys that say whether the file shows a Julia set. Without one of them its constant says so. */
const juliaSwitches = ["julia", "juliamode", "juliaset", "isjulia", "usejulia", "julia.enabled"];

/** @type {readonly UnsupportedParam[]} */
const params = [
  {
    // FractalType of Kalles Fraktaler: 0 is the Mandelbrot set, 1 the Burning Ship, and so on to 102.
    names: ["fractaltype", "fractal", "formula", "set"],
    isNone: (value) =>
      isZero(value) || /^(?:mandelbrot(?: ?set)?|z ?(?:\^ ?2|²) ?\+ ?c)$/i.test(value),
    asks: "another formula",
    supported: "0, the Mandelbrot set",
  },
  {
    names: ["power"],
    isNone: (value) => isNumber(value) && numberOf(value) === 2,
    asks: "another formula",
    supported: "2",
  },
  {
    names: ["usehybridformula", "absx", "absy", "negx", "negy"],
    isNone: isOff,
    asks: "another formula",
    supported: "false",
  },
  {
    names: ["opcodes"],
    isNone: (value) => /^sqr(?:\s+add)?$/.test(value),
    asks: "another formula",
    supported: "sqr add",
  },
  {
    names: ["seedr", "seedi"],
    isNone: isZero,
    asks: "an orbit that starts elsewhere",
    supported: "0",
  },
  {
    names: ["rotate", "rotateangle", "rotation", "rotationangle"],
    isNone: (value) => {
      const over = Math.abs(numberOf(value)) % 360;
      return isNumber(value) && Math.min(over, 360 - over) <= rounding;
    },
    asks: "a rotation",
    supported: "0",
  },
  {
    names: ["stretchamount", "stretch", "skew", "shear"],
    isNone: (value) => isNumber(value) && Math.abs(numberOf(value)) <= rounding,
    asks: "a stretched view",
    supported: "0",
  },
  {
    // Kalles Fraktaler until 2.14: the height of a window 640 wide, where 360 is not stretched.
    names: ["ratio"],
    isNone: (value) => isZero(value) || isNumber(value) && numberOf(value) === 360,
    asks: "a stretched view",
    supported: "360",
  },
  {
    names: ["transformmatrix", "matrix"],
    isNone: (value) => /^1 0 0 1$/.test(numbersIn(value)),
    asks: "a turned or stretched view",
    supported: "1, 0, 0, 1",
  },
  {
    names: ["reflect", "verticalflip"],
    isNone: isOff,
    asks: "a mirrored view",
    supported: "false",
  },
  {
    names: ["exponentialmap"],
    isNone: isOff,
    asks: "an exponential map",
    supported: "false",
  },
];

/**
 * @param {readonly Row[]} rows of a file, or keywords and texts of a picture
 * @throws {SyntaxError} when one asks for what is not drawn here: its key, its value, what is supported
 */
export function requireNoOtherParam(rows) {
  for (const row of rows) {
    const name = nameOf(row.key);
    const param = params.find(({ names }) => names.includes(name));
    if (param !== undefined && !param.isNone(row.value)) refuse(row, param);
  }
  const julia = rows.filter(({ key }) => nameOf(key).startsWith("julia") || isSwitch(key));
  const switches = julia.filter(({ key }) => isSwitch(key));
  const asking = (switches.length > 0 ? switches : julia).find(({ value }) => !isOff(value));
  if (asking !== undefined) {
    refuse(asking, { asks: "a Julia set", supported: "the Mandelbrot set" });
  }
}

/**
 * @param {Row} row
 * @param {Pick<UnsupportedParam, "asks" | "supported">} param
 * @returns {never}
 */
function refuse({ key, value }, { asks, supported }) {
  const shown = value.length <= 40 ? value : `${value.slice(0, 37)}...`;
  throw new SyntaxError(
    `Cannot draw what this file shows as ${key} = ${shown} asks for ${asks} (supported: ${supported})`,
  );
}

/** @param {string} key */
function nameOf(key) {
  const name = key.toLowerCase().replace(/[_-]/g, "");
  return /^(?:fractal|formula)\.type$/.test(name) ? "fractaltype" : name.replace(sections, "");
}

/** @param {string} key */
function isSwitch(key) {
  return juliaSwitches.includes(nameOf(key));
}

/** @param {string} value */
function isOff(value) {
  return /^(?:false|no|off|none)?$/i.test(value) || isZero(value);
}

/** @param {string} value */
function isZero(value) {
  return isNumber(value) && numberOf(value) === 0;
}

/** @param {string} value */
function isNumber(value) {
  return value !== "" && !Number.isNaN(numberOf(value));
}

/** @param {string} value */
function numberOf(value) {
  return Number(value.replace(/(\d)_(?=\d)/g, "$1"));
}

/**
 * @param {string} value
 * @returns {string} its numbers with one space between
 */
function numbersIn(value) {
  return value.split(/[\s,;[\](){}]+/).filter((part) => part !== "").map(Number).join(" ");
}
