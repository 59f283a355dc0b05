// Fields, choices and small buttons in the looks of the editor.
import { css } from 'lit';

export const formStyles = css`
  vscode-icon {
    color: inherit;
  }
  input,
  select {
    height: 24px;
    min-width: 0;
    padding: 0 6px;
    font: inherit;
    color: var(--vscode-input-foreground);
    background: var(--vscode-input-background);
    border: 1px solid var(--vscode-input-border, var(--vscode-contrastBorder, transparent));
    border-radius: 2px;
  }
  select {
    color: var(--vscode-dropdown-foreground);
    background: var(--vscode-dropdown-background);
    border-color: var(--vscode-dropdown-border, var(--vscode-contrastBorder, transparent));
  }
  input::placeholder {
    color: var(--vscode-input-placeholderForeground);
  }
  button.link {
    padding: 0;
    border: 0;
    background: none;
    font: inherit;
    text-align: left;
    color: var(--vscode-textLink-foreground);
    cursor: pointer;
    overflow-wrap: anywhere;
  }
  button.link:hover {
    text-decoration: underline;
    color: var(--vscode-textLink-activeForeground);
  }
  button.plain {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    min-width: 24px;
    height: 24px;
    padding: 0 4px;
    border: 0;
    border-radius: 4px;
    background: none;
    color: inherit;
    font: inherit;
    cursor: pointer;
  }
  button.plain:hover:enabled {
    background: var(--vscode-toolbar-hoverBackground);
    outline: 1px dashed var(--vscode-toolbar-hoverOutline, transparent);
  }
  button.plain[aria-pressed='true'] {
    color: var(--vscode-inputOption-activeForeground);
    background: var(--vscode-inputOption-activeBackground);
    outline: 1px solid var(--vscode-inputOption-activeBorder, transparent);
    outline-offset: -1px;
  }
  button:disabled {
    opacity: 0.5;
    cursor: default;
  }
  @media (forced-colors: active) {
    button.link {
      color: LinkText;
      text-decoration: underline;
    }
  }
  button:focus-visible,
  input:focus-visible,
  select:focus-visible {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: -1px;
  }
`;
