// Looks of a pane around its picture.
import { css } from 'lit';
import { baseStyles } from '../../kit/styles';

export const paneStyles = [
  baseStyles,
  css`
    :host {
      display: block;
      position: relative;
      overflow: hidden;
      min-width: 0;
      min-height: 0;
    }
    canvas.picture {
      position: absolute;
      inset: 0;
      width: 100%;
      height: 100%;
      touch-action: none;
      cursor: grab;
    }
    canvas.picture:active {
      cursor: grabbing;
    }
    canvas.picture.points {
      cursor: pointer;
    }
    canvas.picture:focus-visible {
      outline: 1px solid var(--vscode-focusBorder);
      outline-offset: -1px;
    }
    canvas.map {
      position: absolute;
      right: 12px;
      bottom: 12px;
      border: 1px solid var(--vscode-editorWidget-border, var(--vscode-contrastBorder, GrayText));
      border-radius: 3px;
      box-shadow: 0 2px 8px var(--vscode-widget-shadow, transparent);
      cursor: pointer;
      touch-action: none;
    }
    .tip {
      position: absolute;
      max-width: 420px;
      padding: 4px 8px;
      white-space: pre-line;
      overflow-wrap: anywhere;
      color: var(--vscode-editorHoverWidget-foreground);
      background: var(--vscode-editorHoverWidget-background);
      border: 1px solid var(--vscode-editorHoverWidget-border, var(--vscode-contrastBorder));
      border-radius: 3px;
      pointer-events: none;
      z-index: 3;
    }
    .note,
    .failure {
      position: absolute;
      left: 50%;
      top: 40%;
      transform: translate(-50%, -50%);
      width: min(56ch, calc(100% - 48px));
      margin: 0;
      text-align: center;
      line-height: 1.5;
    }
    .failure {
      padding: 20px;
      background: var(--vscode-editorWidget-background);
      border: 1px solid var(--vscode-editorWidget-border, var(--vscode-contrastBorder));
      border-radius: 6px;
    }
    .failure p {
      margin: 8px 0;
      overflow-wrap: anywhere;
    }
    .quiet {
      color: var(--vscode-descriptionForeground);
    }
    .work {
      position: absolute;
      left: 50%;
      top: 16px;
      transform: translateX(-50%);
      display: flex;
      gap: 10px;
      align-items: center;
      padding: 6px 12px;
      white-space: nowrap;
      background: var(--vscode-editorWidget-background);
      color: var(--vscode-editorWidget-foreground);
      border: 1px solid var(--vscode-editorWidget-border, var(--vscode-contrastBorder));
      border-radius: 4px;
      box-shadow: 0 2px 8px var(--vscode-widget-shadow, transparent);
    }
    .work vscode-progress-ring {
      width: 18px;
      height: 18px;
    }
  `,
];
