// @ts-check
/// <reference lib="dom" />
/** Copying text, also where the page has no right to the clipboard's own interface. */

/**
 * Copies a text; false when the browser will not.
 *
 * @param {string} text
 * @returns {Promise<boolean>}
 */
export async function copy(text) {
  // Only there on https and on localhost.
  if ("clipboard" in navigator) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // Not allowed: the old way may still be.
    }
  }
  return copyBySelection(text);
}

/**
 * @param {string} text
 * @returns {boolean}
 */
function copyBySelection(text) {
  const before = document.activeElement;
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "unseen";
  document.body.append(field);
  field.select();
  const copied = document.execCommand("copy");
  field.remove();
  if (before instanceof HTMLElement) before.focus();
  return copied;
}
