// The XML reader: what it reads, what it refuses, and that nothing else ever comes out of it.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ModelError } from '../../src/onnx/modelErrors';
import { childNamed, childrenNamed, defaultXmlLimits, readXml } from '../../src/formats/xmlReader';
import { ir } from './foreignFiles';

const nested = (depth: number): string => '<a>'.repeat(depth) + '</a>'.repeat(depth);

describe('XML', () => {
  it('is read into elements, attributes and text', () => {
    const root = readXml(`\ufeff<?xml version='1.0' encoding="utf-8"?>\n<!-- < > -->
      <a:net x="1" y = '"2" &gt; &#x1F600;'>one<b/> two<!-- no --> &amp; <![CDATA[<three>]]><b z="3">4</b ></a:net>\n`);
    expect(root.name).toBe('a:net');
    expect([...root.attributes]).toEqual([
      ['x', '1'],
      ['y', '"2" > 😀'],
    ]);
    expect(root.text).toBe('one two & <three>');
    expect(childrenNamed(root, 'b').map(({ text }) => text)).toEqual(['', '4']);
    expect(childNamed(root, '__proto__')).toBeUndefined();
    expect(root.attributes.get('constructor')).toBeUndefined();
  });

  it.each([
    ['nothing', '', 'there is no element'],
    ['text alone', 'hello', 'text outside'],
    ['an open element', '<a><b></b>', '<a> is not closed'],
    ['crossed tags', '<a><b></a></b>', 'closes what is not open'],
    ['a second root', '<a/><b/>', 'second root'],
    ['a second root with content', '<a></a><b></b>', 'second root'],
    ['a closing tag first', '</a>', 'closes what is not open'],
    ['a document type', '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', 'document types'],
    ['a processing instruction', '<a><?php ?></a>', 'processing instructions'],
    ['an entity of its own', '<a>&b;</a>', 'entity that is not known'],
    ['an entity of an object', '<a>&constructor;</a>', 'entity that is not known'],
    ['a bare ampersand', '<a b="&"/>', 'entity that is not known'],
    ['a character that is none', '<a>&#0;</a>', 'entity that is not known'],
    ['half a character', '<a>&#xD800;</a>', 'entity that is not known'],
    ['an attribute twice', '<a b="1" b="2"/>', 'twice'],
    ['attributes side by side', '<a b="1"c="2"/>', 'no space'],
    ['an attribute without quotes', '<a b=1/>', 'not in quotes'],
    ['an endless attribute', '<a b="1', 'does not end'],
    ['a tag in an attribute', '<a b="<c>"/>', 'holds "<"'],
    ['an endless comment', '<a><!-- </a>', 'does not end'],
    ['endless character data', '<a><![CDATA[ </a>', 'does not end'],
    ['another encoding', '<?xml version="1.0" encoding="UTF-16"?><a/>', 'not UTF-8'],
    ['a name that is none', '<1a/>', 'a name is missing'],
    ['too deep', nested(defaultXmlLimits.depth + 1), 'nested more than'],
    ['a billion laughs', '<a>' + '&amp'.repeat(1000), 'entity that is not known'],
  ])('is refused: %s', (_, text, why) => {
    expect(() => readXml(text)).toThrow(why);
    expect(() => readXml(text)).toThrow(ModelError);
  });

  it('has limits', () => {
    const limits = { elements: 3, depth: 2, attributesOfElement: 1 };
    expect(readXml('<a><b/><c/></a>', limits).children).toHaveLength(2);
    expect(() => readXml('<a><b/><c/><d/></a>', limits)).toThrow('more than 3 elements');
    expect(() => readXml('<a b="1" c="2"/>', limits)).toThrow('too many attributes');
    expect(() => readXml(nested(3), limits)).toThrow('nested more than 2');
  });

  it('cut off anywhere is refused with a sentence', () => {
    const text = ir.trimEnd();
    for (let length = 0; length < text.length; length += 7) {
      expect(() => readXml(text.slice(0, length))).toThrow(ModelError);
    }
  });

  it('of any kind is read or refused, never anything else', () => {
    const pieces = fc.constantFrom(
      '<',
      '>',
      '/',
      '<a',
      '</a>',
      ' b="',
      '"',
      '&lt;',
      '&',
      '<!--',
      '-->',
      'x',
      '<![CDATA[',
      ']]>',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 30 }), (text) => {
        try {
          readXml(text.join(''));
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(ModelError);
        }
      }),
    );
  });
});
