// Reads the XML of OpenVINO: elements, attributes and text. Strict, without document types or entities of its own.
import { formatErrors } from './formatErrors';

/** An element. Text between its elements is put together and trimmed. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  readonly text: string;
  /** Character of the file where it begins, for errors. */
  readonly offset: number;
}

/** What a document may ask of us. */
export interface XmlLimits {
  readonly elements: number;
  readonly depth: number;
  readonly attributesOfElement: number;
}

/** Far beyond what the largest published models need. */
export const defaultXmlLimits: XmlLimits = { elements: 2_000_000, depth: 200, attributesOfElement: 500 };

interface OpenElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: XmlElement[];
  readonly offset: number;
  text: string;
}

/** Text that may stand in a name; the first character is no digit, dot or hyphen (XML 1.0 §2.3, letters of ASCII only). */
const namePattern = /[A-Za-z_:][\w:.-]*/y;
const spacePattern = /[ \t\r\n]*/y;
const namedEntities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
// Most elements have neither; one empty list and one empty map do for all of them.
const noAttributes: ReadonlyMap<string, string> = new Map();
const noChildren: readonly XmlElement[] = Object.freeze([]);

/**
 * The root element of a document. Throws `model-malformed` with the place for anything that is not well-formed, for
 * `<!DOCTYPE`, for entities but the five of XML, and beyond the limits. Iterative; linear in the length of the text.
 */
export function readXml(text: string, limits: XmlLimits = defaultXmlLimits): XmlElement {
  return new XmlReader(text, limits).document();
}

class XmlReader {
  private at = 0;
  private elements = 0;

  constructor(
    private readonly text: string,
    private readonly limits: XmlLimits,
  ) {}

  document(): XmlElement {
    if (this.text.startsWith('\ufeff')) this.at = 1;
    this.declaration();
    const open: OpenElement[] = [];
    let root: XmlElement | undefined;
    for (;;) {
      const parent = open.at(-1);
      this.characters(parent);
      if (this.at >= this.text.length) break;
      if (this.skipComment() || (parent !== undefined && this.characterData(parent))) continue;
      const closed = this.text[this.at + 1] === '/' ? this.closingTag(open) : this.openingTag(open);
      if (closed === undefined) {
        if (root !== undefined && open.length === 1) throw this.wrong('there is a second root element');
        continue;
      }
      const outer = open.at(-1);
      if (outer !== undefined) outer.children.push(closed);
      else if (root === undefined) root = closed;
      else throw this.wrong('there is a second root element');
    }
    const unclosed = open.at(-1);
    if (unclosed !== undefined) throw this.wrong(`<${unclosed.name}> is not closed`);
    if (root === undefined) throw this.wrong('there is no element');
    return root;
  }

  private declaration(): void {
    if (!/^<\?xml[ \t\r\n]/.test(this.text.slice(this.at, this.at + 6))) return;
    const end = this.text.indexOf('?>', this.at);
    if (end < 0) throw this.wrong('the XML declaration does not end');
    const encoding = /encoding\s*=\s*["']([^"']*)["']/.exec(
      this.text.slice(this.at, Math.min(end, this.at + 1000)),
    )?.[1];
    if (encoding !== undefined && !/^(?:utf-8|us-ascii)$/i.test(encoding)) {
      throw this.wrong('its encoding is not UTF-8');
    }
    this.at = end + 2;
  }

  /** Text up to the next tag; only white space outside the root. */
  private characters(parent: OpenElement | undefined): void {
    const tag = this.text.indexOf('<', this.at);
    const end = tag < 0 ? this.text.length : tag;
    const raw = this.text.slice(this.at, end);
    if (raw.trim() !== '') {
      if (parent === undefined) throw this.wrong('there is text outside of the root element');
      parent.text += this.decoded(raw);
    }
    this.at = end;
  }

  private skipComment(): boolean {
    if (!this.text.startsWith('<!--', this.at)) return false;
    const end = this.text.indexOf('-->', this.at + 4);
    if (end < 0) throw this.wrong('a comment does not end');
    this.at = end + 3;
    return true;
  }

  private characterData(parent: OpenElement): boolean {
    if (!this.text.startsWith('<![CDATA[', this.at)) return false;
    const end = this.text.indexOf(']]>', this.at);
    if (end < 0) throw this.wrong('a CDATA section does not end');
    parent.text += this.text.slice(this.at + 9, end);
    this.at = end + 3;
    return true;
  }

  /** The element that ends here. */
  private closingTag(open: OpenElement[]): XmlElement {
    this.at += 2;
    const name = this.name();
    this.space();
    this.expect('>');
    const element = open.pop();
    if (element?.name !== name) throw this.wrong(`</${name}> closes what is not open`);
    return finished(element);
  }

  /** Opens an element; gives it when it ends at once. */
  private openingTag(open: OpenElement[]): XmlElement | undefined {
    const offset = this.at;
    const next = this.text[this.at + 1];
    if (next === '!' || next === '?') throw this.wrong('document types and processing instructions are not read');
    this.at += 1;
    const name = this.name();
    if (++this.elements > this.limits.elements)
      throw this.wrong(`there are more than ${this.limits.elements} elements`);
    const attributes = this.attributes();
    const element: OpenElement = { name, attributes, children: [], text: '', offset };
    if (this.text[this.at] === '/') {
      this.at += 1;
      this.expect('>');
      return finished(element);
    }
    this.expect('>');
    if (open.length >= this.limits.depth) throw this.wrong(`elements are nested more than ${this.limits.depth} deep`);
    open.push(element);
    return undefined;
  }

  private attributes(): ReadonlyMap<string, string> {
    let attributes: Map<string, string> | undefined;
    for (;;) {
      const spaced = this.space();
      const next = this.text[this.at];
      if (next === '>' || next === '/' || next === undefined) return attributes ?? noAttributes;
      if (!spaced) throw this.wrong('there is no space before an attribute');
      const name = this.name();
      this.space();
      this.expect('=');
      this.space();
      attributes ??= new Map();
      if (attributes.has(name)) throw this.wrong(`the attribute ${name.slice(0, 100)} is there twice`);
      if (attributes.size >= this.limits.attributesOfElement) throw this.wrong('an element has too many attributes');
      attributes.set(name, this.attributeValue());
    }
  }

  private attributeValue(): string {
    const quote = this.text[this.at];
    if (quote !== '"' && quote !== "'") throw this.wrong('the value of an attribute is not in quotes');
    const end = this.text.indexOf(quote, this.at + 1);
    if (end < 0) throw this.wrong('the value of an attribute does not end');
    const raw = this.text.slice(this.at + 1, end);
    if (raw.includes('<')) throw this.wrong('the value of an attribute holds "<"');
    const value = this.decoded(raw);
    this.at = end + 1;
    return value;
  }

  /** Text with its entities and character references put in; only once, so that it cannot grow. */
  private decoded(raw: string): string {
    if (!raw.includes('&')) return raw;
    return raw.replace(/&([^;&]{0,12});?/g, (whole, reference: string) => {
      const named = Object.hasOwn(namedEntities, reference) ? namedEntities[reference] : undefined;
      const character = named ?? characterOf(reference);
      if (character === undefined || !whole.endsWith(';')) throw this.wrong('there is an entity that is not known');
      return character;
    });
  }

  private name(): string {
    namePattern.lastIndex = this.at;
    const name = namePattern.exec(this.text)?.[0];
    if (name === undefined) throw this.wrong('a name is missing');
    if (name.length > 1000) throw this.wrong('a name is longer than 1000 characters');
    this.at += name.length;
    return name;
  }

  /** Steps over white space; whether some was there. */
  private space(): boolean {
    spacePattern.lastIndex = this.at;
    const { length } = spacePattern.exec(this.text)?.[0] ?? '';
    this.at += length;
    return length > 0;
  }

  private expect(character: string): void {
    if (this.text[this.at] !== character) throw this.wrong(`"${character}" is missing`);
    this.at += 1;
  }

  private wrong(what: string): Error {
    return formatErrors.xml(what, this.at);
  }
}

/** `#10`, `#x1F600` as the character; undefined for what is none that XML allows. */
function characterOf(reference: string): string | undefined {
  const digits = /^#(?:x([0-9a-f]{1,6})|(\d{1,7}))$/i.exec(reference);
  if (digits === null) return undefined;
  const code = digits[1] === undefined ? Number(digits[2]) : parseInt(digits[1], 16);
  const isAllowed = code >= 0x20 || code === 0x09 || code === 0x0a || code === 0x0d;
  return isAllowed && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff) ? String.fromCodePoint(code) : undefined;
}

function finished({ name, attributes, children, text, offset }: OpenElement): XmlElement {
  return { name, attributes, children: children.length === 0 ? noChildren : children, text: text.trim(), offset };
}

/** The elements of this name directly in another. */
export function childrenNamed(element: XmlElement | undefined, name: string): XmlElement[] {
  return element?.children.filter((child) => child.name === name) ?? [];
}

/** The first element of this name directly in another. */
export function childNamed(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((child) => child.name === name);
}
