// Looks of the search for nodes.
import { css } from 'lit';

export const searchStyles = css`
  .box {
    pointer-events: auto;
    width: min(420px, 100%);
    padding: 4px;
    color: var(--vscode-editorWidget-foreground);
    background: var(--vscode-editorWidget-background);
    border: 1px solid var(--vscode-editorWidget-border, var(--vscode-contrastBorder, transparent));
    border-radius: 4px;
    box-shadow: 0 2px 8px var(--vscode-widget-shadow, transparent);
  }
  .row {
    display: flex;
    align-items: center;
    gap: 2px;
  }
  input {
    flex: 1 1 120px;
  }
  .count {
    min-width: 86px;
    padding: 0 6px;
    white-space: nowrap;
    font-size: 0.92em;
  }
  .results {
    max-height: 192px;
    margin-top: 4px;
    overflow: auto;
  }
  .above {
    height: var(--above, 0);
  }
  .below {
    height: var(--below, 0);
  }
  .result {
    display: flex;
    gap: 8px;
    align-items: center;
    height: 24px;
    padding: 0 6px;
    white-space: nowrap;
    overflow: hidden;
    cursor: pointer;
  }
  .result span:last-child {
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .result:hover {
    background: var(--vscode-list-hoverBackground);
    color: var(--vscode-list-hoverForeground);
  }
  .result[aria-selected='true'] {
    background: var(--vscode-list-activeSelectionBackground);
    color: var(--vscode-list-activeSelectionForeground);
    outline: 1px solid var(--vscode-contrastActiveBorder, transparent);
    outline-offset: -1px;
  }
  .quiet {
    color: var(--vscode-descriptionForeground);
  }
  .result[aria-selected='true'] .quiet {
    color: inherit;
  }
`;
