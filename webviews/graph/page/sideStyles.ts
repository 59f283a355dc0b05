// Looks of the panel beside the picture.
import { css } from 'lit';

export const sideStyles = css`
  :host {
    display: block;
    line-height: 1.45;
  }
  h2 {
    margin: 0 0 2px;
    font-size: 1.15em;
    font-weight: 600;
    overflow-wrap: anywhere;
  }
  h3 {
    margin: 16px 0 4px;
    font-size: 0.85em;
    font-weight: 600;
    text-transform: uppercase;
    letter-spacing: 0.04em;
    color: var(--vscode-sideBarSectionHeader-foreground, var(--vscode-foreground));
  }
  p {
    margin: 4px 0;
    overflow-wrap: anywhere;
  }
  .quiet {
    color: var(--vscode-descriptionForeground);
  }
  .problem {
    color: var(--vscode-errorForeground);
  }
  dl {
    display: grid;
    grid-template-columns: fit-content(45%) minmax(0, 1fr);
    gap: 2px 12px;
    margin: 0;
  }
  dt {
    color: var(--vscode-descriptionForeground);
    overflow-wrap: anywhere;
  }
  dd {
    margin: 0;
    overflow-wrap: anywhere;
    font-variant-numeric: tabular-nums;
  }
  ul {
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .use {
    padding: 4px 0;
    border-bottom: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, transparent));
  }
  .use:last-child {
    border-bottom: 0;
  }
  .head {
    display: flex;
    gap: 8px;
    align-items: baseline;
    justify-content: space-between;
  }
  .head strong {
    overflow-wrap: anywhere;
  }
  code,
  .values {
    font-family: var(--vscode-editor-font-family);
    font-size: 0.92em;
  }
  .warning {
    display: flex;
    gap: 8px;
    margin: 8px 0;
  }
  .warning p {
    margin: 0;
  }
  .bars {
    display: grid;
    grid-template-columns: fit-content(50%) 1fr max-content;
    gap: 2px 8px;
    align-items: center;
  }
  .bars svg {
    width: 100%;
    height: 8px;
    fill: var(--vscode-charts-blue);
  }
  .histogram {
    display: block;
    width: 100%;
    height: 64px;
    margin-top: 8px;
    fill: var(--vscode-charts-blue);
    border-bottom: 1px solid var(--vscode-charts-lines, var(--vscode-foreground));
  }
  .scale {
    display: flex;
    justify-content: space-between;
    font-size: 0.85em;
    color: var(--vscode-descriptionForeground);
  }
  details {
    margin: 4px 0;
  }
  summary {
    cursor: pointer;
  }
  .counts {
    max-height: 200px;
    overflow: auto;
  }
  table {
    width: 100%;
    border-collapse: collapse;
    font-variant-numeric: tabular-nums;
  }
  th,
  td {
    padding: 1px 6px;
    text-align: right;
    font-weight: normal;
  }
  th {
    color: var(--vscode-descriptionForeground);
  }
  .pager {
    display: flex;
    flex-wrap: wrap;
    gap: 4px;
    align-items: center;
    margin-top: 8px;
  }
  .pager span {
    flex: 1;
  }
  .pager input {
    width: 84px;
  }
  .values {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(78px, 1fr));
    gap: 1px 8px;
    max-height: 220px;
    margin: 4px 0 0;
    padding: 0;
    overflow: auto;
    list-style: none;
    font-variant-numeric: tabular-nums;
  }
  .values li {
    overflow: hidden;
    text-align: right;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  @media (forced-colors: active) {
    .histogram,
    .bars svg {
      fill: CanvasText;
    }
  }
`;
