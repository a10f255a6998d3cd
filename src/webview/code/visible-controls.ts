/** What turns the direction of text: with it code can look like other code than it is. */
const DIRECTION_CONTROLS = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/g;

/** Code with the control characters of direction written out, `[U+202E]`. */
export function withVisibleControls(code: string): string {
  return code.replace(DIRECTION_CONTROLS, (control) => `[U+${control.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}]`);
}
