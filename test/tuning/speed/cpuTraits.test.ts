// Processors that need 7-bit weights.
import { expect, it } from 'vitest';
import { lacksVnni } from '../../../src/tuning/speed/cpuTraits';

it.each([
  ['an old x86', ['sse4_2', 'avx2'], 'x64', true],
  ['AVX-512 with VNNI', ['avx2', 'avx512f', 'avx512_vnni'], 'x64', false],
  ['AVX with VNNI', ['avx2', 'avx_vnni'], 'x64', false],
  ['AVX-512 without VNNI', ['avx2', 'avx512f'], 'x64', true],
  ['an x86 that names nothing', [], 'x64', false],
  ['an ARM processor', ['asimd'], 'arm64', false],
])('%s', (_, flags, architecture, lacks) => {
  expect(lacksVnni(flags, architecture)).toBe(lacks);
});
