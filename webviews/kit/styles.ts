// Style sheets that pages and elements of the kit share; only the editor's own colours.
import { css } from 'lit';

/** Boxes, and what is there for screen readers only. */
export const baseStyles = css`
  :host {
    box-sizing: border-box;
  }
  *,
  *::before,
  *::after {
    box-sizing: inherit;
  }
  [hidden] {
    display: none !important;
  }
  .unseen {
    position: absolute;
    width: 1px;
    height: 1px;
    margin: -1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  :focus-visible {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: -1px;
  }
`;

/** What pages are laid out with: header, rows of buttons, sections, facts, notices. */
export const pageStyles = css`
  :host {
    display: block;
    padding: 0 20px 24px;
    min-height: 100%;
    line-height: 1.5;
  }
  header {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px 16px;
    padding: 16px 0 12px;
  }
  header > div:first-child {
    flex: 1 1 420px;
    min-width: 0;
  }
  h1 {
    margin: 0;
    font-size: 1.45em;
    font-weight: 600;
    line-height: 1.3;
    overflow-wrap: anywhere;
  }
  h2 {
    margin: 24px 0 8px;
    font-size: 1.1em;
    font-weight: 600;
  }
  h3 {
    margin: 16px 0 4px;
    font-size: 1em;
    font-weight: 600;
  }
  p {
    margin: 0 0 8px;
    max-width: 90ch;
    overflow-wrap: anywhere;
  }
  .quiet {
    color: var(--vscode-descriptionForeground);
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 6px 8px;
  }
  .columns {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 380px), 1fr));
    gap: 0 32px;
    align-items: start;
  }
  .tiles {
    display: flex;
    flex-wrap: wrap;
    gap: 8px 40px;
    margin: 0 0 12px;
  }
  .tiles div {
    min-width: 96px;
  }
  .tiles dt,
  dl.facts dt {
    color: var(--vscode-descriptionForeground);
  }
  .tiles dd {
    margin: 0;
    font-size: 1.35em;
    font-weight: 600;
    font-variant-numeric: tabular-nums;
  }
  .tiles dd small {
    font-size: 0.75em;
    font-weight: normal;
    color: var(--vscode-descriptionForeground);
  }
  dl.facts {
    display: grid;
    grid-template-columns: max-content minmax(0, 1fr);
    gap: 4px 16px;
    margin: 0;
  }
  dl.facts dd {
    margin: 0;
    overflow-wrap: anywhere;
  }
  .notice {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 12px;
    margin: 0 0 12px;
    padding: 6px 12px;
    border: 1px solid var(--vscode-inputValidation-infoBorder, var(--vscode-contrastBorder, transparent));
    border-radius: 4px;
    background: var(--vscode-inputValidation-infoBackground, transparent);
    color: var(--vscode-inputValidation-infoForeground, var(--vscode-foreground));
  }
  .notice.warning {
    border-color: var(--vscode-inputValidation-warningBorder, var(--vscode-contrastBorder, transparent));
    background: var(--vscode-inputValidation-warningBackground, transparent);
    color: var(--vscode-inputValidation-warningForeground, var(--vscode-foreground));
  }
  .notice.error {
    border-color: var(--vscode-inputValidation-errorBorder, var(--vscode-contrastBorder, transparent));
    background: var(--vscode-inputValidation-errorBackground, transparent);
    color: var(--vscode-inputValidation-errorForeground, var(--vscode-foreground));
  }
  .notice p {
    flex: 1 1 240px;
    margin: 0;
  }
  .empty {
    display: flex;
    flex-direction: column;
    align-items: center;
    gap: 12px;
    padding: 64px 16px;
    text-align: center;
  }
  .empty p {
    margin: 0;
    max-width: 56ch;
  }
  .loading {
    padding: 24px 0;
    color: var(--vscode-descriptionForeground);
    opacity: 0;
    animation: appear 0s linear 300ms forwards;
  }
  @keyframes appear {
    to {
      opacity: 1;
    }
  }
`;

/** Signs of the charts by series: colour and, because colour is never the only sign, `shapes.ts` and patterns. */
export const toneStyles = css`
  .tone-blue {
    --tone: var(--vscode-charts-blue);
  }
  .tone-green {
    --tone: var(--vscode-charts-green);
  }
  .tone-red {
    --tone: var(--vscode-charts-red);
  }
  .tone-cyan {
    --tone: var(--vscode-terminal-ansiCyan);
  }
  .tone-purple {
    --tone: var(--vscode-charts-purple);
  }
  .tone-yellow {
    --tone: var(--vscode-charts-yellow);
  }
  .tone-muted {
    --tone: var(--vscode-descriptionForeground);
  }
  @media (forced-colors: active) {
    [class*='tone-'] {
      --tone: CanvasText;
    }
  }
`;
