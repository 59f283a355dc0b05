// axe-core on the page of a webview.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { FrameLocator } from 'playwright-core';
import { root } from '../vscodeHost/installed';

interface AxeAnswer {
  readonly violations: readonly {
    readonly id: string;
    readonly help: string;
    readonly nodes: readonly { readonly target: readonly unknown[]; readonly failureSummary?: string }[];
  }[];
}

/** Rules of whole documents, which a frame inside the editor's document is not. */
const rulesOfDocuments = ['landmark-one-main', 'page-has-heading-one', 'region', 'bypass'];

/** What is wrong in a page, one line each: rule, element, what would mend it. */
export async function pageViolations(frame: FrameLocator): Promise<readonly string[]> {
  const source = readFileSync(createRequire(join(root, 'package.json')).resolve('axe-core/axe.min.js'), 'utf8');
  // The browser evaluates it for the tester, which the content policy of the page does not forbid.
  const body = frame.locator('body');
  await body.evaluate(`{ ${source} }`);
  const answer: AxeAnswer = await body.evaluate(
    `(async () => {
      const rules = ${JSON.stringify(Object.fromEntries(rulesOfDocuments.map((id) => [id, { enabled: false }])))};
      const { violations } = await window.axe.run(document, { rules, resultTypes: ['violations'] });
      return { violations };
    })()`,
  );
  return answer.violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} (${help}) at ${JSON.stringify(target)}: ${failureSummary ?? ''}`),
  );
}

/** Controls and titles of a page that are cut off at a side, where no scrolling within the page brings them into sight. */
export async function cutOff(frame: FrameLocator): Promise<readonly string[]> {
  return await frame.locator('body').evaluate(`(${cutOffInPage})()`);
}

const cutOffInPage = `() => {
  const page = { left: 0, right: innerWidth };
  const all = (root) => [...root.querySelectorAll('*')].flatMap((one) => [one, ...(one.shadowRoot ? all(one.shadowRoot) : [])]);
  const around = (one) => one.assignedSlot ?? one.parentElement ?? one.getRootNode().host;
  const edges = (one) => {
    if (one === document.body) return page;
    const { overflowX, textOverflow } = getComputedStyle(one);
    if (overflowX === 'visible') return edges(around(one));
    // Scrolled by hand, or shortened with a sign that it is.
    if (/auto|scroll/.test(overflowX) || textOverflow === 'ellipsis') return { left: -Infinity, right: Infinity };
    return one.getBoundingClientRect();
  };
  const isCut = (one) => {
    const [is, may] = [one.getBoundingClientRect(), edges(around(one))];
    return is.width > 1 && (is.left < may.left - 1 || is.right > may.right + 1);
  };
  const shown = 'button, input, select, textarea, summary, a[href], vscode-button, [tabindex], h1, h2, h3';
  const cut = all(document.body).filter((one) => one.matches(shown) && one.checkVisibility() && isCut(one));
  return cut.map((one) => one.localName + ' "' + (one.getAttribute('aria-label') ?? one.textContent).trim().slice(0, 40) + '"');
}`;
