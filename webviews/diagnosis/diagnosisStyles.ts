// Looks of the page of a diagnosis beyond those of every page.
import { css } from 'lit';

export const diagnosisStyles = css`
  .keep {
    margin: 12px 0 8px;
  }
  .findings {
    margin: 0;
    padding-left: 20px;
  }
  .findings p {
    margin: 0;
  }
  .findings li {
    margin-bottom: 8px;
  }
  .link {
    padding: 0;
    border: 0;
    background: none;
    color: var(--vscode-textLink-foreground);
    font: inherit;
    text-align: left;
    text-decoration: underline;
    overflow-wrap: anywhere;
    cursor: pointer;
  }
  .link:hover {
    color: var(--vscode-textLink-activeForeground);
  }
  .columns h3:first-child {
    margin-top: 0;
  }
  .conditions {
    margin-top: 24px;
  }
`;
