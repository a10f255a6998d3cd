/** What the host fills into the page of the sidebar. */
export interface ViewPage {
  readonly scriptUri: string;
  readonly styleUri: string;
  /** `webview.cspSource`: where styles and fonts may come from. */
  readonly cspSource: string;
  /** Fresh for every page, unguessable. */
  readonly nonce: string;
  /** Language tag of the user interface, as in `vscode.env.language`. */
  readonly language: string;
  /** Contents of the l10n bundle; empty when the user reads English. */
  readonly l10nBundle: Readonly<Record<string, unknown>>;
}

/**
 * The whole HTML of the sidebar. It stands here and not in the extension, so that the tests of the webview run under
 * the very policy that users have: nothing inline, nothing from the network, one script.
 */
export function viewPage(page: ViewPage): string {
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${page.nonce}'`,
    `style-src ${page.cspSource}`,
    `font-src ${page.cspSource}`,
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${attribute(page.language)}">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="${attribute(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Endless</title>
<link rel="stylesheet" href="${attribute(page.styleUri)}">
</head>
<body>
<script type="application/json" id="l10n">${json(page.l10nBundle)}</script>
<script type="module" nonce="${attribute(page.nonce)}" src="${attribute(page.scriptUri)}"></script>
</body>
</html>`;
}

function attribute(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}

/** JSON that cannot end the script element it stands in. */
function json(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}
