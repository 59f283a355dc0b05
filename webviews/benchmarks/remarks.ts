// Why some benchmarks cannot be compared with the reference, and which figures are doubtful: a sentence each.
import { css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { button } from '../kit/page';
import type { Item, Measured } from './verdicts';

export const remarkStyles = css`
  .remark {
    margin-top: 8px;
  }
  ul.remarks {
    display: grid;
    gap: 6px;
    margin: 0 0 8px;
    padding: 0;
    list-style: none;
  }
  ul.remarks li {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 2px 12px;
    overflow-wrap: anywhere;
  }
  ul.remarks span {
    flex: 0 1 auto;
    min-width: 0;
    max-width: 90ch;
  }
`;

/** Both lists; nothing where there is nothing to say. */
export function renderRemarks(measured: readonly Measured<Item>[], run: (id: number) => void): TemplateResult {
  const unlike = measured.filter(({ comparison }) => comparison.unlike.length > 0);
  const doubtful = measured.filter(({ result }) => result.doubts.length > 0);
  return html`${
    unlike.length === 0
      ? nothing
      : html`<h3>Not comparable with the reference</h3>
          <ul class="remarks">
            ${unlike.map(({ name, comparison }) => html`<li>${sentences(name, comparison.unlike)}</li>`)}
          </ul>`
  }
  ${
    doubtful.length === 0
      ? nothing
      : html`<h3>Doubtful figures</h3>
          <ul class="remarks">
            ${doubtful.map(
              ({ id, name, result }) =>
                html`<li>
                  ${sentences(name, result.doubts)}
                  ${button({ label: 'Run Again', icon: 'play', runs: true, isSecondary: true, hint: name, click: () => run(id) })}
                </li>`,
            )}
          </ul>`
  }`;
}

function sentences(name: string, texts: readonly string[]): TemplateResult {
  return html`<span><strong>${name}</strong>: ${texts.join(' ')}</span>`;
}
