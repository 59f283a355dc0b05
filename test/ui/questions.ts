// Answers the questions of a wizard as a person does who takes what is proposed.
import type { Workbench } from './workbench';

/** Text of the quick input that is open; '' for none. */
async function shownText({ quickInput }: Workbench): Promise<string> {
  return (await quickInput.allInnerTexts()).join();
}

/** Chooses the proposal of each question until the wizard is done; `answers` are chosen instead where they are offered. */
export async function acceptAll(workbench: Workbench, answers: readonly RegExp[] = []): Promise<void> {
  const { page, quickInput } = workbench;
  await quickInput.waitFor();
  for (let before = await shownText(workbench); before !== ''; before = await shownText(workbench)) {
    // A list that is filled just then takes no choice: it is made again.
    for (let turn = 1; (await shownText(workbench)) === before; turn++) {
      if (turn > 5) throw new Error(`This question takes no answer: ${before}`);
      await choose(workbench, answers);
      for (let wait = 0; wait < 40 && (await shownText(workbench)) === before; wait++) await page.waitForTimeout(100);
    }
    // After the last question there is none for a while.
    if ((await shownText(workbench)) === '') await page.waitForTimeout(700);
  }
}

async function choose(workbench: Workbench, answers: readonly RegExp[]): Promise<void> {
  // A page that was opened just before may have taken the focus meanwhile.
  const input = workbench.quickInput.locator('input[type=text]').first();
  await input.focus({ timeout: 3000 }).catch(() => undefined);
  for (const answer of answers) {
    if (await workbench.quickInput.getByRole('option', { name: answer }).first().isVisible())
      return await workbench.pick(answer).catch(() => undefined);
  }
  await workbench.page.keyboard.press('Enter');
}
