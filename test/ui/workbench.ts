// VS Code's window as a person sees it: everything is found by the name that assistive technology reads.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, FrameLocator, Locator, Page } from 'playwright-core';
import { launchBrowser } from '../vscodeHost/browser';
import { startCodeServer } from '../vscodeHost/codeServer';
import type { CodeServer } from '../vscodeHost/codeServer';
import { root } from '../vscodeHost/installed';
import { pageViolations } from './accessibility';

const themes = {
  light: 'Default Light Modern',
  dark: 'Default Dark Modern',
  highContrast: 'Default High Contrast',
  highContrastLight: 'Default High Contrast Light',
} as const;

/** As the list of themes names them. */
const themeLabels = {
  light: 'Light Modern',
  dark: 'Dark Modern',
  highContrast: 'Dark High Contrast',
  highContrastLight: 'Light High Contrast',
} as const;

export type ThemeName = keyof typeof themes;

export interface WorkbenchOptions {
  /** The folder to open. */
  readonly workspace: string;
  /** The package to install; absent: the one `npm test` has made. */
  readonly vsix?: string;
  readonly theme?: ThemeName;
  /** `none`: the folder is opened in restricted mode. */
  readonly trust?: 'all' | 'none';
  readonly settings?: Readonly<Record<string, unknown>>;
  /** How much larger everything is shown: 2 is 200 %. */
  readonly zoom?: number;
}

/** In pixels, where nothing is shown larger. */
export const windowSize = { width: 1400, height: 900 } as const;

/** A longer way than this is none. */
const mostSteps = 80;

const shotFolder = join(root, 'test', 'ui', 'shots');

/** Installs the package and opens a window; whoever does closes it (`await using`). */
export async function startWorkbench(options: WorkbenchOptions): Promise<Workbench> {
  const { workspace, theme = 'dark', trust = 'all', settings = {}, zoom = 1 } = options;
  const vsix = options.vsix ?? process.env['COMPRESSOR_BENCH_VSIX'];
  if (vsix === undefined) throw new Error('COMPRESSOR_BENCH_VSIX is not set: start these tests with npm test.');
  const server = await startCodeServer({
    vsix,
    trust,
    settings: { 'workbench.colorTheme': themes[theme], ...settings },
  });
  let browser: Browser | undefined;
  try {
    browser = await launchBrowser();
    const viewport = { width: windowSize.width / zoom, height: windowSize.height / zoom };
    const context = await browser.newContext({ viewport, deviceScaleFactor: zoom, reducedMotion: 'reduce' });
    const presses = { ofMouse: 0 };
    await context.exposeFunction('mouseWasPressed', () => {
      presses.ofMouse++;
    });
    await context.addInitScript("addEventListener('pointerdown', () => mouseWasPressed(), true)");
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    await page.goto(server.windowUrl(workspace));
    const workbench = new Workbench(server, browser, page, presses);
    await workbench.waitUntilOpen();
    return workbench;
  } catch (thrown) {
    await browser?.close();
    await server.stop();
    throw thrown;
  }
}

/** A name as a whole: names of roles are otherwise found by their beginnings and middles, too. */
export function wholly(name: string): RegExp {
  return new RegExp(`^${literally(name)}(?:,|$)`);
}

function literally(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}

/** Presses a key until it has come where it should. */
export async function walk(page: Page, key: string, isThere: () => Promise<boolean>): Promise<void> {
  for (let step = 0; !(await isThere()); step++) {
    if (step === mostSteps) throw new Error(`${mostSteps} times ${key} do not lead there`);
    await page.keyboard.press(key);
  }
}

/** Whether something appears while a person would wait for it. */
export async function isThere(locator: Locator): Promise<boolean> {
  return await locator.waitFor({ timeout: 3000 }).then(
    () => true,
    () => false,
  );
}

export class Workbench implements AsyncDisposable {
  constructor(
    readonly server: CodeServer,
    private readonly browser: Browser,
    readonly page: Page,
    private readonly presses: { readonly ofMouse: number },
  ) {}

  /** How often a mouse was used in the window, or a page inside it. */
  get mousePresses(): number {
    return this.presses.ofMouse;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.browser.close();
    await this.server.stop();
  }

  async waitUntilOpen(): Promise<void> {
    await this.page.locator('.monaco-workbench').waitFor();
    await this.page
      .locator('.statusbar')
      .getByRole('button', { name: /remote/i })
      .first()
      .waitFor();
  }

  /** Reloads the window, as Developer: Reload Window does. */
  async reload(): Promise<void> {
    await this.page.reload();
    await this.waitUntilOpen();
  }

  /** Runs a command from the palette by its whole title, `Compressor Bench: New Project…`. */
  async run(title: string): Promise<void> {
    const isListed = async (): Promise<boolean> => {
      await this.openQuickInput('F1', title, `>${title}`);
      return await isThere(this.quickInput.getByRole('option', { name: wholly(title) }).first());
    };
    // A window that has just been opened does not know the commands of extensions, nor does a palette opened in it.
    for (let turn = 1; !(await isListed()); turn++) {
      if (turn === 10) throw new Error(`The palette has no command ${title}`);
      await this.page.keyboard.press('Escape');
    }
    await this.pick(wholly(title));
  }

  /** Opens the palette or the list of files by its key and types into it. What gets the focus meanwhile closes it again. */
  private async openQuickInput(key: string, text: string, shown = text): Promise<void> {
    const input = this.quickInput.locator('input[type=text]').first();
    const isTyped = async (): Promise<boolean> => {
      await this.page.keyboard.press(key);
      const isOpen = await isThere(this.quickInput.locator('input[type=text]:focus'));
      if (isOpen) await this.page.keyboard.type(text);
      return isOpen && (await input.inputValue({ timeout: 3000 }).catch(() => '')) === shown;
    };
    for (let turn = 1; !(await isTyped()); turn++) if (turn === 5) throw new Error(`${key} opens nothing to type into`);
  }

  /** The quick pick or input box that is open. */
  get quickInput(): Locator {
    return this.page.locator('.quick-input-widget:visible');
  }

  /** Chooses a row of the quick pick by its name: goes there with the arrow keys. */
  async pick(name: string | RegExp): Promise<void> {
    const option = this.quickInput.getByRole('option', { name }).first();
    await this.goDownTo(option);
    await this.page.keyboard.press('Enter');
  }

  /** Goes down a list or tree that has the focus, to a row. */
  async goDownTo(row: Locator): Promise<void> {
    await row.waitFor();
    const reached = row.and(this.page.locator('.monaco-list-row.focused'));
    await walk(this.page, 'ArrowDown', async () => (await reached.count()) === 1);
  }

  /** Answers an input box. */
  async answer(text: string): Promise<void> {
    const input = this.quickInput.locator('input[type=text]').first();
    await input.waitFor();
    await input.fill(text);
    await this.page.keyboard.press('Enter');
  }

  /** Opens the extension's own side bar. */
  async openSidebar(): Promise<void> {
    const tab = this.page.locator('.activitybar').getByRole('tab', { name: /^Compressor Bench/ });
    const title = this.page.locator('.sidebar').getByText('Compressor Bench').first();
    await tab.waitFor();
    // A window that comes back shows it by itself: a click then hides it, and the next one shows it again.
    for (let turn = 0; turn < 5; turn++) {
      if (await isThere(title)) return;
      await tab.click();
    }
    await title.waitFor();
  }

  /** A row of a tree in the side bar, by the beginning of its name or a pattern. */
  row(name: string | RegExp): Locator {
    return this.page.locator('.sidebar').getByRole('treeitem', { name });
  }

  /** Opens a row, and waits for one below it. */
  async expand(name: string | RegExp): Promise<void> {
    const row = this.row(name).first();
    if ((await row.getAttribute('aria-expanded')) === 'false') await row.locator('.monaco-tl-twistie').click();
  }

  /** A notification that holds a text. */
  notification(text: string | RegExp): Locator {
    return this.page.locator('.notifications-toasts .notification-list-item', { hasText: text });
  }

  /** Number of notifications to be seen. */
  async notificationCount(): Promise<number> {
    return await this.page.locator('.notifications-toasts .notification-list-item').count();
  }

  /** Opens a file of the workspace by its name. */
  async openFile(name: string): Promise<void> {
    await this.openQuickInput('Control+P', name);
    await this.pick(new RegExp(`^${literally(name)}`));
  }

  /** An editor or panel, by the tab it has. */
  tab(name: string | RegExp): Locator {
    return this.page.locator('.tabs-container').getByRole('tab', { name });
  }

  /** The page inside the webview that is to be seen. */
  get webview(): FrameLocator {
    return this.page.frameLocator('iframe.webview.ready:visible').frameLocator('iframe#active-frame');
  }

  /** Sets the theme by its setting; the window shows it at once. */
  async setTheme(theme: ThemeName): Promise<void> {
    await this.run('Preferences: Color Theme');
    const input = this.page.locator('.quick-input-widget input[type=text]').first();
    await input.fill(themeLabels[theme]);
    await this.pick(wholly(themeLabels[theme]));
    await this.quickInput.waitFor({ state: 'hidden' });
  }

  /** Writes `shots/NAME.png` and gives its path. */
  async shot(name: string): Promise<string> {
    mkdirSync(shotFolder, { recursive: true });
    const path = join(shotFolder, `${name}.png`);
    await this.page.screenshot({ path });
    return path;
  }

  /** Keeps what is to be seen when a test fails: a picture, and in words, for machines whose pictures nobody gets. */
  async keepFailure(name: string): Promise<void> {
    await this.shot(name);
    const shown = [
      this.page.locator('.notifications-toasts'),
      this.page.locator('.sidebar'),
      this.webview.locator('body'),
    ];
    for (const place of shown) console.log(await place.ariaSnapshot({ timeout: 2000 }).catch(() => '(not there)'));
  }

  /** What axe-core finds wrong in the webview that is to be seen, a line each. */
  async webviewViolations(): Promise<readonly string[]> {
    return await pageViolations(this.webview);
  }
}
