// The page of every webview: strict content policy, one script, one style sheet; data comes by messages.
import { randomBytes } from 'node:crypto';
import { Uri, workspace } from 'vscode';
import type { Webview } from 'vscode';

/** What a webview is made of. */
export interface WebviewPage {
  /** Name of the bundle in `dist/webviews/`. */
  readonly bundle: string;
  /** What the page is about; the script finds it in `data-subject`. */
  readonly subject: unknown;
  readonly title: string;
}

/** Folder of an installed extension that webviews may load files from. */
export function webviewRoot(extensionUri: Uri): Uri {
  return Uri.joinPath(extensionUri, 'dist', 'webviews');
}

/**
 * The policies that pages may make of texts something executable: Lit's templates, and the layout worker, whose source is
 * a part of the bundle.
 */
const trustedTypePolicies = 'lit-html compressor-bench-worker';

/** The HTML of a page. Nothing in it but our own files may run, and nothing leaves it. */
export function webviewHtml(webview: Webview, extensionUri: Uri, { bundle, subject, title }: WebviewPage): string {
  const nonce = randomBytes(16).toString('base64');
  const file = (name: string): string => webview.asWebviewUri(Uri.joinPath(webviewRoot(extensionUri), name)).toString();
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}' ${webview.cspSource}`,
    `font-src ${webview.cspSource}`,
    `img-src ${webview.cspSource} data:`,
    // The layout of a graph is worked out beside the page.
    'worker-src blob:',
    "require-trusted-types-for 'script'",
    `trusted-types ${trustedTypePolicies}`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escaped(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<link rel="stylesheet" id="vscode-codicon-stylesheet" nonce="${nonce}" href="${escaped(file('codicon.css'))}">
<link rel="stylesheet" nonce="${nonce}" href="${escaped(file('page.css'))}">
</head>
<body data-subject="${escaped(JSON.stringify(subject))}" data-trusted="${String(workspace.isTrusted)}">
<script nonce="${nonce}" src="${escaped(file(`${bundle}.js`))}"></script>
</body>
</html>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
