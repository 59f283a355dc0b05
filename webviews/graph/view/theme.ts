// The colours of the picture: the editor's own, read from its page, and read again when the theme changes.
import type { Family } from './families';

/** Colours and habits of the picture. */
export interface Theme {
  readonly font: string;
  readonly background: string;
  readonly card: string;
  readonly border: string;
  readonly text: string;
  readonly faint: string;
  readonly edge: string;
  readonly accent: string;
  readonly box: string;
  /** Lines and tinted surfaces of families. */
  readonly families: Readonly<Record<Family, { readonly line: string; readonly fill: string }>>;
  /** From harmless to worst. */
  readonly heat: readonly string[];
  /** Of data types and other categories. */
  readonly categories: readonly string[];
  readonly added: string;
  readonly removed: string;
  readonly changed: string;
  /** Surfaces stay as they are and outlines speak: high contrast and forced colours. */
  readonly isOutlined: boolean;
  readonly moves: boolean;
}

/** Steps of the colouring by a figure. */
export const heatSteps = 8;

const forced = matchMedia('(forced-colors: active)');
const reduced = matchMedia('(prefers-reduced-motion: reduce)');

/** Reads the colours of the page as it is now. */
export function readTheme(): Theme {
  const classes = document.body.classList;
  const isHighContrast = classes.contains('vscode-high-contrast') || classes.contains('vscode-high-contrast-light');
  const moves = !reduced.matches && !classes.contains('vscode-reduce-motion');
  return forced.matches ? forcedTheme(moves) : themeOf(variables(), isHighContrast, moves);
}

/** Calls back whenever the colours may have changed; gives what ends that. */
export function onThemeChange(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.body, { attributes: true, attributeFilter: ['class'] });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style', 'class'] });
  for (const query of [forced, reduced]) query.addEventListener('change', changed);
  return () => {
    observer.disconnect();
    for (const query of [forced, reduced]) query.removeEventListener('change', changed);
  };
}

type Variables = (name: string, ...others: string[]) => string;

function variables(): Variables {
  const style = getComputedStyle(document.documentElement);
  return (...names) => {
    for (const name of names) {
      const value = style.getPropertyValue(`--vscode-${name}`).trim();
      if (value !== '') return value;
    }
    return 'GrayText';
  };
}

function themeOf(read: Variables, isOutlined: boolean, moves: boolean): Theme {
  const mixer = new Mixer();
  const background = read('editor-background');
  const card = isOutlined ? background : read('editorWidget-background', 'editor-background');
  const text = read('editor-foreground', 'foreground');
  const border = isOutlined ? read('contrastBorder', 'foreground') : mixer.mixed(background, text, 0.32);
  const family = (name: string): { line: string; fill: string } => {
    const line = read(name, 'foreground');
    return { line, fill: isOutlined ? card : mixer.mixed(card, line, 0.24) };
  };
  const worst = read('charts-red', 'errorForeground');
  return {
    font: read('font-family'),
    background,
    card,
    border,
    text,
    faint: isOutlined ? text : read('descriptionForeground', 'foreground'),
    edge: isOutlined ? text : mixer.mixed(background, text, 0.45),
    accent: isOutlined ? read('contrastActiveBorder', 'focusBorder') : read('focusBorder', 'charts-blue'),
    box: isOutlined ? background : mixer.mixed(background, text, 0.05),
    families: {
      layer: family('charts-blue'),
      activation: family('charts-red'),
      normalization: family('charts-green'),
      pool: family('charts-green'),
      shape: family('charts-purple'),
      quantization: family('charts-yellow'),
      other: family('descriptionForeground'),
    },
    heat: Array.from({ length: heatSteps }, (_, step) =>
      isOutlined ? card : mixer.mixed(card, worst, 0.04 + (0.66 * step) / (heatSteps - 1)),
    ),
    // Those of the charts (webviews/kit/shapes.ts): their orange is missing in high contrast.
    categories: [
      ...['blue', 'green', 'purple', 'yellow', 'red'].map((name) => read(`charts-${name}`)),
      read('terminal-ansiCyan', 'charts-orange'),
    ],
    added: read('gitDecoration-addedResourceForeground', 'charts-green'),
    removed: read('gitDecoration-deletedResourceForeground', 'charts-red'),
    changed: read('gitDecoration-modifiedResourceForeground', 'charts-yellow'),
    isOutlined,
    moves,
  };
}

function forcedTheme(moves: boolean): Theme {
  const family = { line: 'CanvasText', fill: 'Canvas' };
  const families = {
    layer: family,
    activation: family,
    normalization: family,
    pool: family,
    shape: family,
    quantization: family,
    other: family,
  };
  return {
    font: variables()('font-family'),
    background: 'Canvas',
    card: 'Canvas',
    border: 'CanvasText',
    text: 'CanvasText',
    faint: 'CanvasText',
    edge: 'CanvasText',
    accent: 'Highlight',
    box: 'Canvas',
    families,
    heat: Array.from({ length: heatSteps }, () => 'Canvas'),
    categories: ['CanvasText'],
    added: 'CanvasText',
    removed: 'CanvasText',
    changed: 'CanvasText',
    isOutlined: true,
    moves,
  };
}

/** Mixes colours of any notation: a canvas knows them all. */
class Mixer {
  private readonly context = document.createElement('canvas').getContext('2d', { willReadFrequently: true });

  /** `share` of the second colour over the first. */
  mixed(under: string, over: string, share: number): string {
    const { context } = this;
    if (context === null) return under;
    context.canvas.width = 1;
    context.canvas.height = 1;
    context.fillStyle = under;
    context.fillRect(0, 0, 1, 1);
    context.globalAlpha = share;
    context.fillStyle = over;
    context.fillRect(0, 0, 1, 1);
    context.globalAlpha = 1;
    const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
    return `rgb(${red}, ${green}, ${blue})`;
  }
}
