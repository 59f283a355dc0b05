// What the page says when a model cannot be shown: what is wrong, where, what to do.
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-icon/index.js';
import type { FailureRecord } from '../../../src/protocol/benchError';

/** A failure with its next step, and a button to try again. */
export function failureBox({ message, place, nextStep }: FailureRecord, tryAgain: () => void): TemplateResult {
  return html`<div class="failure" role="alert">
    <vscode-icon name="warning" size="28" aria-hidden="true"></vscode-icon>
    <p>${message}</p>
    ${place === undefined ? nothing : html`<p class="quiet">At ${place}</p>`}
    ${nextStep === undefined ? nothing : html`<p>${nextStep}</p>`}
    <vscode-button secondary @click=${tryAgain}>Try Again</vscode-button>
  </div>`;
}
