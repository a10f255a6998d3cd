/**
 * Links come out of a model's answer. Only those to web pages may leave the view; VS Code asks before it opens one of
 * a domain that is not trusted.
 *
 * @returns the normalized link, or `undefined` when it must not be opened.
 */
export function openableLink(href: string): string | undefined {
  const url = URL.parse(href);
  return url && (url.protocol === 'https:' || url.protocol === 'http:') ? url.href : undefined;
}
