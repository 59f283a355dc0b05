// Looks of the table of nodes.
import { css } from 'lit';

export const tableStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    min-height: 0;
    border-top: 1px solid var(--vscode-panel-border, var(--vscode-contrastBorder, GrayText));
  }
  .bar {
    display: flex;
    gap: 10px;
    align-items: center;
    padding: 4px 10px;
  }
  h2 {
    margin: 0;
    font-size: 1em;
  }
  .quiet {
    color: var(--vscode-descriptionForeground);
  }
  .scroll {
    flex: 1;
    min-height: 0;
    overflow: auto;
  }
  .above {
    height: var(--above, 0);
  }
  .below {
    height: var(--below, 0);
  }
  .line {
    display: flex;
    align-items: center;
    height: 24px;
    cursor: pointer;
  }
  .line > span {
    flex: 1 1 0;
    min-width: 70px;
    padding: 0 10px;
    overflow: hidden;
    white-space: nowrap;
    text-overflow: ellipsis;
  }
  .line > span:nth-child(2) {
    flex-grow: 1.6;
  }
  .head {
    position: sticky;
    top: 0;
    z-index: 1;
    font-weight: 600;
    cursor: default;
    background: var(--vscode-editor-background);
    border-bottom: 1px solid var(--vscode-panel-border, var(--vscode-contrastBorder, GrayText));
  }
  .line:not(.head):hover {
    background: var(--vscode-list-hoverBackground);
  }
  .line[aria-selected='true'] {
    background: var(--vscode-list-inactiveSelectionBackground);
    color: var(--vscode-list-inactiveSelectionForeground, inherit);
    outline: 1px solid var(--vscode-contrastActiveBorder, transparent);
    outline-offset: -1px;
  }
  .scroll:focus .line.current {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: -1px;
  }
  .none {
    margin: 0;
    padding: 16px;
    color: var(--vscode-descriptionForeground);
  }
`;
