// The headless browser that shows a window of VS Code.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';
import { browserFolder } from './installed';

/** Nothing but the window: no sandbox (tests may run as root), no updates, no services of the browser's maker. */
const switches = [
  ...['--no-sandbox', '--no-zygote', '--disable-gpu', '--use-gl=angle', '--use-angle=swiftshader'],
  ...['--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update'],
  ...['--disable-sync', '--disable-dev-shm-usage'],
];

/** Starts the browser; whoever does closes it. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = join(browserFolder, 'chromium');
  const env = { ...textsOf(process.env), ...fontsFor(), ...librariesFor(executablePath) };
  return await chromium.launch({ executablePath, headless: true, args: switches, env });
}

/** A machine without any fonts shows the ones that come with the browser. */
function fontsFor(): Record<string, string> {
  return existsSync('/usr/share/fonts') ? {} : { FONTCONFIG_PATH: join(browserFolder, 'fonts') };
}

/** A small machine lacks libraries (NSS, Expat): then those that come with the browser are taken. */
function librariesFor(executablePath: string): Record<string, string> {
  const { stdout } = spawnSync('ldd', [executablePath], { encoding: 'utf8' });
  return stdout.includes('not found') ? { LD_LIBRARY_PATH: join(browserFolder, 'al2023', 'lib') } : {};
}

function textsOf(environment: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
