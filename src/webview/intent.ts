import type { ViewMessage } from '../shared/view-messages.ts';

const INTENT = 'endless-intent';

/** Asks the app to tell the host what the user wants; components know nothing of the host. */
export function express(element: Element, message: ViewMessage): void {
  element.dispatchEvent(new CustomEvent<ViewMessage>(INTENT, { detail: message, bubbles: true }));
}

/** Calls `handle` with every wish that comes up from within `root`. */
export function onIntent(root: Element, handle: (message: ViewMessage) => void): void {
  root.addEventListener(INTENT, (event) => handle((event as CustomEvent<ViewMessage>).detail));
}
