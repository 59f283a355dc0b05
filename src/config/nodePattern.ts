// Regular expressions of op_wise, which match whole names (SYSTEMS §2.2).

/**
 * The expression that tells which nodes a key of op_wise means: the whole name has to match.
 *
 * @throws SyntaxError when the source is no regular expression
 */
export function nodePattern(source: string): RegExp {
  // Checked by itself first: `a)(b` would compile inside the group.
  new RegExp(source);
  return new RegExp(`^(?:${source})$`);
}
