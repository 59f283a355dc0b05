// Questions in the editor's own quick inputs: one of several, some of several, a text; each can stand among steps.
import { Disposable, QuickInputButtons, QuickPickItemKind, ThemeIcon, window } from 'vscode';
import type { QuickInput, QuickPick, QuickPickItem } from 'vscode';
import { iconless } from '../tree/rowFormat';
import { back } from './steps';
import type { Asked, Place } from './steps';

/** Something that can be chosen. Texts are shown as they are: what looks like an icon in them is none. */
export interface Choice<Value> {
  readonly label: string;
  readonly value: Value;
  readonly description?: string | undefined;
  readonly detail?: string | undefined;
  /** A codicon. */
  readonly icon?: string;
  /** Heading above it, where it differs from that of the choice before. */
  readonly group?: string;
}

/** What is offered. */
export interface ChooseOptions<Value> {
  readonly placeholder: string;
  /** May take its time: the input is shown at once. */
  readonly choices: readonly Choice<Value>[] | Promise<readonly Choice<Value>[]>;
  /** Which is chosen by Enter alone, or ticked at first; absent: the first, or none. */
  readonly isPreset?: (value: Value) => boolean;
}

/** What is asked for, and what is right. */
export interface TextOptions {
  readonly prompt: string;
  readonly value?: string | undefined;
  readonly placeholder?: string;
  /** What is wrong with a text, in a sentence; undefined where nothing is. */
  readonly validate?: (text: string) => string | undefined;
  /** The same of a text that is confirmed, from whoever has to be asked. */
  readonly check?: (text: string) => Promise<string | undefined>;
}

interface ChoiceItem<Value> extends QuickPickItem {
  readonly choice?: Choice<Value>;
}

/** Asks for one of several. */
export async function choose<Value>(place: Place, options: ChooseOptions<Value>): Promise<Asked<Value>> {
  const input = pickFor<Value>(place, options);
  return answerOf(input, fillPick(input, options), () => {
    const [item] = input.selectedItems;
    return item?.choice === undefined ? undefined : { answer: item.choice.value };
  });
}

/** Asks for some of several, at least one. */
export async function chooseSeveral<Value>(
  place: Place,
  options: ChooseOptions<Value>,
): Promise<Asked<readonly Value[]>> {
  const input = pickFor<Value>(place, options);
  input.canSelectMany = true;
  return answerOf(input, fillPick(input, options), () => {
    const chosen = input.selectedItems.flatMap(({ choice }) => (choice === undefined ? [] : [choice.value]));
    return chosen.length === 0 ? undefined : { answer: chosen };
  });
}

/** Asks for a text. */
export async function enterText(place: Place, options: TextOptions): Promise<Asked<string>> {
  const { prompt, value = '', placeholder = '', validate = () => undefined, check } = options;
  const input = window.createInputBox();
  placeInput(input, place);
  Object.assign(input, { prompt, value, placeholder, buttons: buttonsOf(place) });
  const showProblem = (problem: string | undefined): boolean => {
    input.validationMessage = problem;
    return problem !== undefined;
  };
  input.onDidChangeValue(() => showProblem(validate(input.value.trim())));
  return answerOf(input, Promise.resolve(), async () => {
    const text = input.value.trim();
    if (showProblem(validate(text))) return undefined;
    if (check === undefined) return { answer: text };
    input.busy = true;
    const problem = await check(text).finally(() => {
      input.busy = false;
    });
    // Typed meanwhile: that was not confirmed.
    return input.value.trim() !== text || showProblem(problem) ? undefined : { answer: text };
  });
}

function pickFor<Value>(place: Place, { placeholder }: ChooseOptions<Value>): QuickPick<ChoiceItem<Value>> {
  const input = window.createQuickPick<ChoiceItem<Value>>();
  placeInput(input, place);
  Object.assign(input, {
    placeholder,
    buttons: buttonsOf(place),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return input;
}

function placeInput(input: QuickInput, { title, step, totalSteps }: Place): void {
  Object.assign(input, { title, step, totalSteps: totalSteps === 1 ? undefined : totalSteps, ignoreFocusOut: true });
  if (totalSteps === 1) input.step = undefined;
}

function buttonsOf({ canGoBack = false }: Place): readonly (typeof QuickInputButtons.Back)[] {
  return canGoBack ? [QuickInputButtons.Back] : [];
}

async function fillPick<Value>(input: QuickPick<ChoiceItem<Value>>, options: ChooseOptions<Value>): Promise<void> {
  const { choices, isPreset } = options;
  input.busy = true;
  const items = itemsOf(await choices);
  input.items = items;
  input.busy = false;
  const preset = items.filter(({ choice }) => choice !== undefined && isPreset?.(choice.value) === true);
  if (input.canSelectMany) input.selectedItems = preset;
  else if (preset.length > 0) input.activeItems = preset.slice(0, 1);
}

function itemsOf<Value>(choices: readonly Choice<Value>[]): ChoiceItem<Value>[] {
  return choices.flatMap((choice, index): ChoiceItem<Value>[] => {
    const { label, description, detail, icon, group } = choice;
    const item: ChoiceItem<Value> = {
      label: iconless(label),
      choice,
      ...(description === undefined ? {} : { description: iconless(description) }),
      ...(detail === undefined ? {} : { detail: iconless(detail) }),
      ...(icon === undefined ? {} : { iconPath: new ThemeIcon(icon) }),
    };
    return group === undefined || group === choices[index - 1]?.group
      ? [item]
      : [{ label: iconless(group), kind: QuickPickItemKind.Separator }, item];
  });
}

type Accepted<Value> = { readonly answer: Value } | undefined;

/** Shows an input until it is answered, left, or cannot be filled. `accept` gives nothing for what is no answer yet. */
async function answerOf<Value>(
  input: QuickInput & {
    readonly onDidAccept: QuickPick<QuickPickItem>['onDidAccept'];
    readonly onDidTriggerButton: QuickPick<QuickPickItem>['onDidTriggerButton'];
  },
  filled: Promise<void>,
  accept: () => Accepted<Value> | Promise<Accepted<Value>>,
): Promise<Asked<Value>> {
  const subscriptions: Disposable[] = [];
  try {
    return await new Promise<Asked<Value>>((resolve, reject) => {
      subscriptions.push(
        input.onDidAccept(() => {
          Promise.resolve(accept()).then((accepted) => {
            if (accepted !== undefined) resolve(accepted.answer);
          }, reject);
        }),
        input.onDidTriggerButton((button) => {
          if (button === QuickInputButtons.Back) resolve(back);
        }),
        input.onDidHide(() => resolve(undefined)),
      );
      input.show();
      filled.catch(reject);
    });
  } finally {
    Disposable.from(...subscriptions, input).dispose();
  }
}
