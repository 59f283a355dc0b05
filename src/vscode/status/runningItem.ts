// The item of the status bar while jobs wait or run: what is done now, how far it is, and how to stop it.
import { commands, MarkdownString, StatusBarAlignment, window } from 'vscode';
import type { StatusBarItem, Disposable } from 'vscode';
import type { Disposes } from '../disposing';
import { statusText } from '../tree/jobText';
import type { ActiveJob } from '../tree/liveJobs';
import type { JobNode } from '../tree/nodes';
import { iconless } from '../tree/rowFormat';
import { jobTooltip, markdownOf } from '../tree/rowTooltip';

/** Cancels the job that is shown; in no list of commands, since it means nothing without the item. */
const cancelShown = 'compressorBench.status.cancel';

export class RunningItem implements Disposes {
  private readonly item: StatusBarItem;
  private shown: ActiveJob | undefined;
  private readonly command: Disposable;

  constructor() {
    this.item = window.createStatusBarItem('compressorBench.running', StatusBarAlignment.Left, 10);
    this.item.name = 'Compressor Bench Jobs';
    this.item.command = 'compressorBench.jobs.focus';
    this.command = commands.registerCommand(cancelShown, async () => {
      if (this.shown !== undefined) {
        await commands.executeCommand('compressorBench.job.cancel', { kind: 'job', ...this.shown } satisfies JobNode);
      }
    });
  }

  /** Shows the first of the jobs, and how many more there are; nothing for none. */
  show(active: readonly ActiveJob[]): void {
    const [first, ...others] = active;
    this.shown = first;
    if (first === undefined) {
      this.item.hide();
      return;
    }
    const { facts } = first;
    const text = statusText(facts, others.length);
    const icon = facts.run.state === 'running' ? '$(loading~spin)' : '$(clock)';
    this.item.text = `${icon} ${iconless(text)}`;
    this.item.accessibilityInformation = { label: `Compressor Bench: ${text.replaceAll(' · ', ', ')}` };
    this.item.tooltip = tooltipOf(first);
    this.item.show();
  }

  dispose(): void {
    this.command.dispose();
    this.item.dispose();
  }
}

/** All of the record is literal; only the link that is ours is Markdown. */
function tooltipOf({ facts }: ActiveJob): MarkdownString {
  const link = `[Cancel](command:${cancelShown} 'Cancel this run')`;
  const tooltip = new MarkdownString(`${markdownOf(jobTooltip(facts))}\n\n${link}`);
  tooltip.isTrusted = { enabledCommands: [cancelShown] };
  tooltip.supportHtml = false;
  return tooltip;
}
