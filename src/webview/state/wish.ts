/** What the user wants of a turn that the view itself sees to; the rest goes to the host as it is (`intent.ts`). */
export type Wish =
  /** To change its message, to this so far; undefined when that is given up. */
  | { readonly type: 'edit'; readonly turnId: number; readonly text: string | undefined }
  /** To send what its message was changed to. */
  | { readonly type: 'sendEdit'; readonly turnId: number }
  /** To have its message answered once more. */
  | { readonly type: 'regenerate'; readonly turnId: number }
  /** To have its message, which waits for its turn, back in the composer; or else only where that costs no other text its place. */
  | { readonly type: 'takeBack'; readonly turnId: number; readonly beside: boolean };
