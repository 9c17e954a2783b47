// @ts-check
/// <reference lib="dom" />
/** Shows what openapi.json says: every request, its parameters and its answers. */

import { element, make } from "../elements.js";

/**
 * The part of a JSON Schema that is shown.
 *
 * @typedef {object} Schema
 * @property {string | string[]} [type]
 * @property {unknown} [const]
 * @property {unknown[]} [enum]
 * @property {Schema[]} [anyOf]
 * @property {number} [minimum]
 * @property {number} [maximum]
 * @property {unknown} [default]
 * @property {string} [description]
 * @property {Record<string, Schema>} [properties]
 * @property {string[]} [required]
 */

/** @typedef {{ name: string, in: string, required: boolean, description?: string, schema: Schema }} Parameter */
/** @typedef {{ description: string, content?: Record<string, unknown> }} Answer */
/**
 * @typedef {object} Operation
 * @property {string} summary
 * @property {Parameter[]} parameters
 * @property {Record<string, Answer>} responses
 * @property {{ content: Record<string, { schema: Schema }> }} [requestBody]
 */
/** @typedef {{ info: { description: string }, paths: Record<string, Record<string, Operation>> }} OpenApi */

/**
 * What a value may be, in a few words.
 *
 * @param {Schema} schema
 * @returns {string}
 */
export function allowed(schema) {
  if (schema.anyOf !== undefined) return schema.anyOf.map(allowed).join(" or ");
  if (schema.const !== undefined) return String(schema.const);
  if (schema.enum !== undefined) return schema.enum.join(", ");
  const { minimum, maximum, type } = schema;
  if (minimum !== undefined && maximum !== undefined) return `${minimum} to ${maximum}`;
  return String(type ?? "anything");
}

/**
 * @param {readonly string[]} head
 * @param {readonly (readonly string[])[]} rows
 * @returns {HTMLTableElement}
 */
function table(head, rows) {
  const cells = rows.map((row) => make("tr", {}, ...row.map((text) => make("td", {}, text))));
  return make(
    "table",
    {},
    make("thead", {}, make("tr", {}, ...head.map((text) => make("th", { scope: "col" }, text)))),
    make("tbody", {}, ...cells),
  );
}

/**
 * The parameters of an operation, those of its body among them.
 *
 * @param {Operation} operation
 * @returns {Parameter[]}
 */
function parametersOf({ parameters, requestBody }) {
  const bodies = Object.values(requestBody?.content ?? {});
  const members = bodies.flatMap(({ schema }) =>
    Object.entries(schema.properties ?? {}).map(([name, member]) => ({
      name,
      in: "body",
      required: schema.required?.includes(name) ?? false,
      description: member.description ?? "",
      schema: member,
    }))
  );
  return [...parameters, ...members];
}

/**
 * @param {string} path
 * @param {string} method
 * @param {Operation} operation
 * @returns {HTMLElement}
 */
function card(path, method, operation) {
  const parameters = parametersOf(operation).map((parameter) => {
    const { name, required, description = "", schema } = parameter;
    const otherwise = schema.default === undefined ? "" : String(schema.default);
    return [name, parameter.in, allowed(schema), required ? "needed" : otherwise, description];
  });
  const answers = Object.entries(operation.responses).map(([status, { description, content }]) => [
    status,
    Object.keys(content ?? {}).join(", "),
    description,
  ]);
  return make(
    "details",
    {},
    make(
      "summary",
      {},
      make("span", { className: "method" }, method.toUpperCase()),
      make("code", {}, path),
      make("span", { className: "faint" }, ` ${operation.summary}`),
    ),
    ...(parameters.length === 0 ? [] : [
      table(["parameter", "in", "allowed", "default", "says"], parameters),
    ]),
    table(["status", "type", "says"], answers),
  );
}

/** Reads the description and shows it. */
async function show() {
  const about = element("about", HTMLParagraphElement);
  const response = await fetch("openapi.json");
  if (!response.ok) {
    about.textContent = `openapi.json could not be read: ${response.status}.`;
    return;
  }
  const { info, paths } = /** @type {OpenApi} */ (await response.json());
  about.textContent = info.description;
  const cards = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => card(path, method, operation))
  );
  element("operations", HTMLElement).append(...cards);
}

// Tests read the functions without a page.
if ("document" in globalThis) await show();
