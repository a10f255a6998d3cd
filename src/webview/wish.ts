import type { Wish } from './state/wish.ts';

const WISH = 'endless-wish';

/** Asks the app for something; components know nothing of the session. */
export function wishFor(element: Element, wish: Wish): void {
  element.dispatchEvent(new CustomEvent<Wish>(WISH, { detail: wish, bubbles: true }));
}

/** Calls `handle` with every wish that comes up from within `root`. */
export function onWish(root: Element, handle: (wish: Wish) => void): void {
  root.addEventListener(WISH, (event) => handle((event as CustomEvent<Wish>).detail));
}
