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
