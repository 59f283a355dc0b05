// Hands without a mouse: go through the tree, menus and pages by keys alone, and see where the focus is.
import type { Locator } from 'playwright-core';
import { expect } from 'vitest';
import { isThere, walk, wholly } from './workbench';
import type { Workbench } from './workbench';

/** What is asked of an element in its page, where the tests have no types of the browser. */
interface PageElement {
  matches(selector: string): boolean;
  querySelector(selector: string): PageElement | null;
  readonly ownerDocument: {
    readonly defaultView: {
      getComputedStyle(element: PageElement): Readonly<Record<'outlineStyle' | 'stroke', string>>;
    };
  };
}

/** Whether a key would go to an element. */
export async function hasFocus(target: Locator): Promise<boolean> {
  return (await target.count()) === 1 && (await target.evaluate((element: PageElement) => element.matches(':focus')));
}

/** Waits until a key would go to an element, and for what shows that to those who see: an outline, or the ring of a mark. */
export async function expectFocus(target: Locator): Promise<void> {
  await expect.poll(() => hasFocus(target), { timeout: 30_000 }).toBe(true);
  const shown = await target.evaluate((element: PageElement) => {
    const { defaultView } = element.ownerDocument;
    const ring = element.querySelector('.ring');
    const { outlineStyle } = defaultView.getComputedStyle(element);
    return ring === null ? outlineStyle : defaultView.getComputedStyle(ring).stroke;
  });
  expect(shown).not.toBe('none');
}

export class Keyboard {
  constructor(private readonly workbench: Workbench) {}

  async press(key: string): Promise<void> {
    await this.workbench.page.keyboard.press(key);
  }

  /** Puts the focus into the tree. */
  async openTree(): Promise<void> {
    await this.workbench.run('Compressor Bench: Focus on Bench View');
    // A tree that is filled just then does not take the focus: it is asked again, as a person does.
    const tree = this.workbench.page.locator('.sidebar .monaco-list[aria-label=Bench]');
    const takes = async (): Promise<boolean> => {
      if (!(await hasFocus(tree))) await this.press('Control+0');
      return await hasFocus(tree);
    };
    await expect.poll(takes, { timeout: 30_000, interval: 500 }).toBe(true);
  }

  /** Goes to a row of the tree that has the focus, from the top down. */
  async goTo(name: RegExp): Promise<void> {
    await this.press('Home');
    await this.workbench.goDownTo(this.workbench.row(name).first());
  }

  /** Opens what a row of the tree stands for, in a tab of that name; a row that is drawn anew just then is asked again. */
  async open(name: RegExp, tab: RegExp): Promise<void> {
    await this.openTree();
    await this.goTo(name);
    const isOpened = async (): Promise<boolean> => {
      await this.press('Enter');
      return await isThere(this.workbench.tab(tab));
    };
    await expect.poll(isOpened, { timeout: 30_000 }).toBe(true);
  }

  /** Chooses from the context menu of a row of the tree. */
  async chooseFor(name: RegExp, title: string): Promise<void> {
    await this.openTree();
    await this.goTo(name);
    const item = this.workbench.page.getByRole('menuitem', { name: wholly(title) });
    // A menu is that of the moment it was opened: of a row that changes just then, it is opened again.
    for (let turn = 1; ; turn++) {
      await this.press('Shift+F10');
      if (await isThere(item)) break;
      if (turn === 10) throw new Error(`The menu of ${name.source} has no ${title}`);
      await this.press('Escape');
    }
    await walk(this.workbench.page, 'ArrowDown', () => hasFocus(item));
    await this.press('Enter');
  }

  /** Waits until keys go to the page that is to be seen. The editor may lose the focus of a page that still loads: it is asked again. */
  async expectPage(): Promise<void> {
    const html = this.workbench.webview.locator('html');
    const takes = async (): Promise<boolean> => {
      if ((await html.evaluate('document.hasFocus()')) === true) return true;
      await this.press('Control+1');
      return false;
    };
    await expect.poll(takes, { timeout: 30_000, interval: 1000 }).toBe(true);
  }

  /** Goes on with the Tab key to an element of the window. */
  async goOn(target: Locator): Promise<void> {
    await target.waitFor();
    await walk(this.workbench.page, 'Tab', () => hasFocus(target));
  }

  /** Goes on with the Tab key to an element of a page of ours, which shows that it has the focus. */
  async goOnInPage(target: Locator): Promise<void> {
    await this.goOn(target);
    await expectFocus(target);
  }
}
