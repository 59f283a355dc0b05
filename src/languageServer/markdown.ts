// Texts of hovers and completions as Markdown; whatever is in them is shown as it stands.
import type { NamedLayer } from './modelNames';
import type { Term } from './vocabulary/slot';

/** Plain text, with everything that Markdown would take for a sign of its own escaped. */
export function plainMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]<>#|~!&]/g, (sign) => `\\${sign}`);
}

/** A name in letters of one width. */
export function codeMarkdown(name: string): string {
  const text = name.replaceAll('`', "'").replaceAll(/\s/g, ' ');
  return `\`${text.length > 120 ? `${text.slice(0, 120)}…` : text}\``;
}

/** What a key means: its title, its help, default and unit. */
export function termMarkdown(term: Term): string {
  return `**${plainMarkdown(term.title)}**\n\n${termTextMarkdown(term)}`;
}

/** The same below a heading of its own. */
export function termTextMarkdown({ help, facts, refusal }: Term): string {
  const reason = refusal === undefined || refusal === help ? [] : [plainMarkdown(refusal)];
  return [plainMarkdown(help), ...reason, ...facts.map(factMarkdown)].join('\n\n');
}

/** The code in a fact stays code. */
function factMarkdown(fact: string): string {
  return fact
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith('`') ? part : plainMarkdown(part)))
    .join('');
}

/** What a layer is: the weight by which it is called, and what computes with it. */
export function layerMarkdown({ name, nodes, opType, weights }: NamedLayer): string {
  const count = weights === 1 ? 'one weight' : `${weights} weights`;
  return `${codeMarkdown(name)}: ${count} of ${nodes.map(codeMarkdown).join(', ')} (${plainMarkdown(opType)}).`;
}
