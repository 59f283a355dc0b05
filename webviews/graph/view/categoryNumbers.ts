// Which number a category of a colouring has: the same in two models side by side.

/** What models side by side mostly have: it looks the same in both, whatever else there is. */
const usual: readonly string[] = ['float32', 'uint8', 'conversion', 'int8', 'float16', 'int64'];

const numbers = new WeakMap<readonly string[], readonly number[]>();

/** The number of each category, for its colour and pattern; others take what the usual ones leave. */
export function categoryNumbers(categories: readonly string[]): readonly number[] {
  const known = numbers.get(categories);
  if (known !== undefined) return known;
  const free = [...usual.keys()].filter((number) => !categories.includes(usual[number] ?? ''));
  let further = usual.length;
  const made = categories.map((category) => {
    const number = usual.indexOf(category);
    return number < 0 ? (free.pop() ?? further++) : number;
  });
  numbers.set(categories, made);
  return made;
}
