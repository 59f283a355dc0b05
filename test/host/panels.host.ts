// Panels in a real extension host: what becomes of an open one when its bench gets another connection.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { RecordSubject } from '../../src/protocol/panels/panel';
import { readRecordSubject } from '../../src/protocol/panels/panel';
import type { BenchConnection } from '../../src/vscode/bench/benchConnection';
import type { Benches } from '../../src/vscode/bench/benches';
import { Panels } from '../../src/vscode/panels/panels';
import type { PanelKind } from '../../src/vscode/panels/panels';
import { suiteIn } from './workspaces';

suiteIn(['empty'], 'an open panel', () => {
  test('asks the new connection of its bench, lets go of the old one, and closes with its folder', () => {
    const extension = vscode.extensions.getExtension('compressor-bench.compressor-bench');
    assert.ok(extension);
    const changes = new vscode.EventEmitter<void>();
    const [first, second] = [{ pid: 1 }, { pid: 2 }] as unknown as [BenchConnection, BenchConnection];
    let named: BenchConnection | undefined = first;
    const benches = { named: () => named, onDidChange: changes.event } as unknown as Benches;
    const told: string[] = [];
    const kind: PanelKind<RecordSubject> = {
      viewType: 'compressorBench.panelTest',
      bundle: 'project',
      icon: 'project',
      title: () => 'Test',
      readSubject: readRecordSubject,
      serve: ({ bench }) => {
        told.push(`served by ${bench.pid ?? 0}`);
        return { dispose: () => told.push(`left ${bench.pid ?? 0}`) };
      },
    };
    const log = vscode.window.createOutputChannel('test of panels', { log: true });
    const context = { extensionUri: extension.extensionUri } as vscode.ExtensionContext;
    const panels = new Panels(context, benches, log);
    panels.show(kind, { bench: 'file:///bench', id: 1 });
    named = second;
    changes.fire();
    assert.deepEqual(told, ['served by 1', 'left 1', 'served by 2']);
    // The panel of a folder that is not open any more is closed.
    named = undefined;
    changes.fire();
    assert.deepEqual(told.slice(3), ['left 2']);
    named = first;
    changes.fire();
    panels.dispose();
    assert.equal(told.length, 4);
    changes.dispose();
    log.dispose();
  });
});
