/** The program's version. */

/** As in `deno.json`; a test compares them. */
export const VERSION = "0.2.0";
