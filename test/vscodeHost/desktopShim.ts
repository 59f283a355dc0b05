// Stands in for VS Code's executable in @vscode/test-electron: takes the same words, runs the suites in the extension host
// of a code-server with a headless browser for a window, ends with their exit code (2: no result in time).
import { join } from 'node:path';
import { format } from 'node:util';
import { launchBrowser } from './browser';
import { startCodeServer } from './codeServer';
import { emptyFolder } from './fixtures';
import { hostEnvironment } from './hostEnvironment';

const waitMs = 240_000;

async function runInWindow(): Promise<number> {
  const words = process.argv.slice(2);
  const valueOf = (name: string): string => {
    const found = words.find((word) => word.startsWith(`--${name}=`));
    if (found === undefined) throw new Error(`--${name} is missing`);
    return found.slice(name.length + 3);
  };
  const folder = words.find((word) => !word.startsWith('-')) ?? emptyFolder();
  const isUntrusted = process.env[hostEnvironment.workspace] === 'untrusted';
  const server = await startCodeServer({
    drivesTests: true,
    trust: isUntrusted ? 'none' : 'all',
    extensions: valueOf('extensions-dir'),
  });
  const browser = await launchBrowser();
  let code: number | undefined;
  const errors: string[] = [];
  try {
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    const ended = new Promise<number>((resolve) => void page.exposeFunction('codeAutomationExit', resolve));
    await page.exposeFunction('codeAutomationLog', (type: string, parts: unknown[]) => {
      const text = format(...parts);
      // The server's own logger is native code that was not built; it does without.
      if (type === 'error' && !text.includes('spdlog')) errors.push(text);
    });
    await page.goto(
      server.windowUrl(folder, {
        extensionDevelopmentPath: server.fileUri(valueOf('extensionDevelopmentPath')),
        extensionTestsPath: server.fileUri(valueOf('extensionTestsPath')),
      }),
    );
    const late = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), waitMs).unref());
    code = await Promise.race([ended, late]);
    if (code === undefined) await page.screenshot({ path: join(server.home, 'late.png') });
  } finally {
    await browser.close();
    await server.stop({ keepHome: code === undefined });
  }
  if (code === undefined) {
    // Failed tests are in the report; here nobody knows what happened but the window.
    console.error(errors.map((text) => `VS Code: ${text}`).join('\n'));
    console.error(`VS Code gave no result within ${waitMs / 1000} s; see ${server.home}`);
  }
  return code ?? 2;
}

void runInWindow().then(
  (code) => process.exit(code),
  (thrown: unknown) => {
    console.error(thrown);
    process.exit(2);
  },
);
