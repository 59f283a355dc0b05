// A button that is an icon; what it does is its name and its tip.
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import '@vscode-elements/elements/dist/vscode-icon/index.js';

/** `isPressed` for what is on or off. */
export function iconButton(
  icon: string,
  label: string,
  click: () => unknown,
  { isPressed, isDisabled = false }: { readonly isPressed?: boolean; readonly isDisabled?: boolean } = {},
): TemplateResult {
  const pressed = isPressed === undefined ? nothing : String(isPressed);
  return html`<button
    class="plain"
    type="button"
    title=${label}
    aria-label=${label}
    aria-pressed=${pressed}
    ?disabled=${isDisabled}
    @click=${click}
  >
    <vscode-icon name=${icon} aria-hidden="true"></vscode-icon>
  </button>`;
}
