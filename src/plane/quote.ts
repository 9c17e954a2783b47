// quote: a text from outside, short enough to stand in an error message.

const LONGEST_QUOTE = 40;

/** The text in double quotes; a long one is cut, and its length stands instead of its end. */
export function quote(text: string): string {
  if (text.length <= LONGEST_QUOTE) return JSON.stringify(text);
  return `${JSON.stringify(text.slice(0, LONGEST_QUOTE))}... (${text.length} characters)`;
}
