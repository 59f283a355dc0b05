// What the manifest tells the editor of tools and tasks is what the code does.
import { describe, expect, it } from 'vitest';
import { agentTools } from '../../src/dictionary/agentTools';
import { taskVerbs } from '../../src/vscode/tasks/taskCommand';
import { read } from '../house/sources';

interface Manifest {
  readonly contributes: {
    readonly languageModelTools: readonly Record<string, unknown>[];
    readonly taskDefinitions: readonly { readonly properties: Record<string, { readonly enum?: readonly string[] }> }[];
    readonly problemMatchers: readonly {
      readonly name: string;
      readonly pattern: readonly { readonly regexp: string; readonly [group: string]: unknown }[];
    }[];
  };
}

const { contributes } = JSON.parse(read('package.json')) as Manifest;

describe('the manifest', () => {
  it('describes the tools of language models as the code has them', () => {
    const described = contributes.languageModelTools.map((tool) => ({
      name: tool['toolReferenceName'],
      id: tool['name'],
      title: tool['displayName'],
      description: tool['modelDescription'],
      summary: tool['userDescription'],
      inputSchema: tool['inputSchema'],
    }));
    expect(described).toEqual(
      agentTools.map(({ name, title, description, summary, inputSchema }) => ({
        name,
        id: `compressorBench_${name}`,
        title,
        description,
        summary,
        inputSchema,
      })),
    );
  });

  it('knows the verbs of tasks', () => {
    expect(contributes.taskDefinitions[0]?.properties['verb']?.enum).toEqual(taskVerbs);
  });
});

describe('the problem matcher', () => {
  const matcher = (name: string) => contributes.problemMatchers.find((one) => one.name === name)!;

  it('of configs finds file, line, column and sentence in what the command line prints', () => {
    const [file, mistake] = matcher('compressor-bench').pattern.map(({ regexp }) => new RegExp(regexp));
    expect(file!.exec('error: /a b/c.yaml has 2 mistakes:')?.[1]).toBe('/a b/c.yaml');
    expect(file!.exec('error: c.yaml has a mistake:')?.[1]).toBe('c.yaml');
    const found = mistake!.exec('  c.yaml:13:5 tuning.strategy.name: name cannot be x.');
    expect(found?.slice(1)).toEqual(['13', '5', 'tuning.strategy.name: name cannot be x.']);
    expect(mistake!.exec('  c.yaml:13:5: The indentation does not fit.')?.[3]).toBe('The indentation does not fit.');
    expect(mistake!.exec('  … and 3 more.')).toBeNull();
  });

  it('of places finds the place below the sentence', () => {
    const [sentence, place] = matcher('compressor-bench-place').pattern.map(({ regexp }) => new RegExp(regexp));
    expect(sentence!.exec('error: labels.txt has no class in line 3.')?.[1]).toContain('no class');
    expect(place!.exec('  at /data/labels.txt:3')?.slice(1, 3)).toEqual(['/data/labels.txt', '3']);
    expect(place!.exec('  at /data/x.yaml:3:7')?.slice(1)).toEqual(['/data/x.yaml', '3', '7']);
  });
});
