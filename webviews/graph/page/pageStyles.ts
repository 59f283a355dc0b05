// How the page of a model is laid out.
import { css } from 'lit';
import { baseStyles } from '../../kit/styles';
import { formStyles } from './formStyles';

export const pageStyles = [
  baseStyles,
  formStyles,
  css`
    :host {
      display: block;
      height: 100%;
    }
    main {
      display: flex;
      flex-direction: column;
      height: 100%;
    }
    .tools {
      display: flex;
      flex-wrap: wrap;
      gap: 2px;
      align-items: center;
      padding: 4px 10px;
      border-bottom: 1px solid var(--vscode-panel-border, var(--vscode-contrastBorder, GrayText));
    }
    .gap {
      width: 8px;
    }
    /* One row of its own where there is no room. */
    .begin {
      margin-left: auto;
      white-space: nowrap;
    }
    .tools vscode-button {
      margin-left: 6px;
    }
    .choice {
      display: inline-flex;
      gap: 6px;
      align-items: center;
      margin-left: 10px;
      white-space: nowrap;
    }
    /* Names of models may be long: what does not fit is read in the open list. */
    .choice select {
      max-width: 31ch;
    }
    .problem {
      margin: 0;
      padding: 6px 12px;
      color: var(--vscode-inputValidation-errorForeground, var(--vscode-foreground));
      background: var(--vscode-inputValidation-errorBackground, transparent);
      border-bottom: 1px solid var(--vscode-inputValidation-errorBorder, var(--vscode-contrastBorder, transparent));
      overflow-wrap: anywhere;
    }
    .middle {
      display: flex;
      flex: 1;
      min-height: 0;
    }
    .left {
      display: flex;
      flex: 1;
      flex-direction: column;
      min-width: 0;
    }
    .panes {
      position: relative;
      display: flex;
      flex: 1;
      min-height: 0;
    }
    .pane {
      display: flex;
      flex: 1 1 0;
      flex-direction: column;
      min-width: 0;
    }
    .pane + .pane {
      border-left: 1px solid var(--vscode-panel-border, var(--vscode-contrastBorder, GrayText));
    }
    .pane h2 {
      margin: 0;
      padding: 4px 12px;
      font-size: 1em;
      font-weight: 600;
      overflow: hidden;
      white-space: nowrap;
      text-overflow: ellipsis;
    }
    .picture {
      position: relative;
      flex: 1;
      min-height: 0;
    }
    .left-out {
      position: absolute;
      top: 8px;
      left: 12px;
      max-width: min(60ch, 60%);
      margin: 0;
      padding: 4px 10px;
      color: var(--vscode-editorWidget-foreground);
      background: var(--vscode-editorWidget-background);
      border: 1px solid var(--vscode-editorWidget-border, var(--vscode-contrastBorder, transparent));
      border-radius: 4px;
    }
    graph-pane {
      height: 100%;
    }
    graph-search {
      position: absolute;
      top: 8px;
      right: 12px;
      left: 12px;
      z-index: 4;
      display: flex;
      justify-content: flex-end;
      pointer-events: none;
    }
    graph-table {
      flex: 0 0 42%;
    }
    aside {
      display: flex;
      flex: 0 0 min(320px, 42%);
      flex-direction: column;
      min-height: 0;
      border-left: 1px solid var(--vscode-panel-border, var(--vscode-contrastBorder, GrayText));
      background: var(--vscode-sideBar-background, var(--vscode-editor-background));
      color: var(--vscode-sideBar-foreground, var(--vscode-foreground));
    }
    .scroll {
      flex: 1;
      min-height: 0;
      overflow: auto;
      padding: 10px 14px 16px;
    }
  `,
];
