// What a person sees who opens the server's address in a browser: plain text, and where to go from here.
import type { AnyOperation } from '../bench/operation';
import { productVersion } from '../config/product';
import { studioPaths } from './studioRoutes';

/** The page at `/`. */
export function frontPage(urlPrefix: string, operations: readonly AnyOperation[]): string {
  const width = Math.max(0, ...operations.map(({ path }) => path.length));
  return [
    `Compressor Bench ${productVersion}`,
    '',
    'This is the server of a bench: projects, datasets, optimizations, benchmarks, profilings and sensitivity analyses',
    'of ONNX models.',
    'It has no pages of its own; programs use it.',
    '',
    `Operations, by GET or POST, parameters as JSON, form or query, under ${urlPrefix}/api/ :`,
    '',
    ...operations.map(({ path, summary }) => `  ${path.padEnd(width)}  ${summary}`),
    '',
    `Those of Neural Magic's Studio, with JSON as it had it, under ${urlPrefix}/api/ as well:`,
    '',
    ...studioPaths.map(([methods, path]) => `  ${methods.padEnd(14)}  ${path}`),
    '',
    `Progress and results of long operations come over Socket.IO (version 4) at ${urlPrefix}/socket.io`,
    '',
  ].join('\n');
}
