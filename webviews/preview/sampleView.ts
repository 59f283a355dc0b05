// One sample: what the loader gives, what each transform makes of it, and the figures of each step.
import { css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { PreviewPicture, PreviewSample, PreviewStep, PreviewTensor } from '../../src/protocol/preview';
import { noFigure, significant } from '../kit/figures';
import { notice } from '../kit/page';

export const sampleStyles = css`
  section {
    margin: 0 0 24px;
  }
  h2 {
    overflow-wrap: anywhere;
  }
  .sample {
    display: flex;
    flex-wrap: wrap;
    gap: 12px 24px;
    align-items: flex-start;
  }
  blockquote {
    margin: 0 0 12px;
    padding: 4px 12px;
    border-left: 3px solid var(--vscode-textBlockQuote-border, var(--vscode-descriptionForeground));
    white-space: pre-line;
    overflow-wrap: anywhere;
  }
  figure {
    margin: 0;
    max-width: 100%;
  }
  figure img {
    display: block;
    max-width: 100%;
    min-width: 64px;
    border: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, transparent));
  }
  img.enlarged {
    image-rendering: pixelated;
  }
  .scroll {
    overflow-x: auto;
    max-width: 100%;
  }
  table {
    border-collapse: collapse;
    font-variant-numeric: tabular-nums;
  }
  th,
  td {
    padding: 2px 16px 2px 0;
    text-align: left;
    white-space: nowrap;
  }
  thead th {
    font-weight: 600;
    color: var(--vscode-descriptionForeground);
  }
  tbody th {
    font-weight: normal;
  }
  td.number,
  th.number {
    text-align: right;
  }
`;

export function sampleView(sample: PreviewSample): TemplateResult {
  const { index, id, steps, text, failure } = sample;
  const title = id === '' ? `Sample ${index}` : id;
  const boxes = steps.some((step) => step.boxes.length > 0) ? ', with its boxes' : '';
  return html`<section>
    <h2>${title} <span class="quiet">${labelOf(steps)}</span></h2>
    ${failure === null ? nothing : notice('error', failure.message)}
    ${text === null ? nothing : html`<blockquote>${text}</blockquote>`}
    <div class="sample">
      ${steps.map(({ name, picture }, at) =>
        at === 0
          ? pictureView(picture, `${title} as the loader gives it${boxes}`, name)
          : pictureView(picture, `${title} after ${name}${boxes}`, `after ${name}`),
      )}
      ${steps.some(({ tensors }) => tensors.length > 0) ? stepTable(steps, title) : nothing}
    </div>
  </section>`;
}

function labelOf(steps: readonly PreviewStep[]): string {
  const [given = '', ...changed] = steps.map(({ label }) => label).filter((label, at, all) => label !== all[at - 1]);
  if (steps.length === 0) return '';
  if (given === '' && changed.length === 0) return 'no label';
  return `label ${[given, ...changed].join(' → ')}`;
}

function pictureView(
  picture: PreviewPicture | null,
  description: string,
  caption: string,
): TemplateResult | typeof nothing {
  if (picture === null) return nothing;
  const { width, height, png } = picture;
  // Digits of 28 pixels are no use to anybody at that size.
  const zoom = Math.max(1, Math.floor(128 / Math.max(width, height)));
  return html`<figure>
    <img
      class=${zoom > 1 ? 'enlarged' : nothing}
      src=${`data:image/png;base64,${png}`}
      width=${width * zoom}
      height=${height * zoom}
      alt=${description}
    />
    <figcaption class="quiet">${caption}</figcaption>
  </figure>`;
}

function stepTable(steps: readonly PreviewStep[], title: string): TemplateResult {
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${`Steps of ${title}`}>
    <table>
      <thead>
        <tr>
          <th scope="col">Step</th>
          <th scope="col">Input</th>
          <th scope="col">Type</th>
          <th scope="col">Shape</th>
          <th scope="col" class="number">Min</th>
          <th scope="col" class="number">Max</th>
          <th scope="col" class="number">Mean</th>
          <th scope="col">First values</th>
        </tr>
      </thead>
      <tbody>
        ${steps.flatMap(({ name, tensors }) => tensors.map((tensor, at) => tensorRow(at === 0 ? name : '', tensor)))}
      </tbody>
    </table>
  </div>`;
}

function tensorRow(step: string, tensor: PreviewTensor): TemplateResult {
  const { name, type, dims, minimum, maximum, mean, notFinite, firstValues } = tensor;
  const typeText = notFinite === 0 ? type : `${type}, ${notFinite} not finite`;
  return html`<tr>
    <th scope="row">${step}</th>
    <td>${name}</td>
    <td>${typeText}</td>
    <td>${dims.length === 0 ? 'a single value' : dims.join(' × ')}</td>
    <td class="number">${figure(minimum)}</td>
    <td class="number">${figure(maximum)}</td>
    <td class="number">${figure(mean)}</td>
    <td>${firstValues.slice(0, 4).join(', ')}</td>
  </tr>`;
}

function figure(value: number | null): string {
  if (value === null) return noFigure;
  return Number.isInteger(value) ? String(value) : significant(value, 4);
}
