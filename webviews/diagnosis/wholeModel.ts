// <whole-model>: settings of weights and activations for all operators at once, as another optimization.
import { LitElement, css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { DiagnosisReport } from '../../src/protocol/panels/diagnosis';
import { choiceOf, controlStyles } from '../kit/jobView';
import { button } from '../kit/page';
import { baseStyles, pageStyles } from '../kit/styles';

/** Of one thing and its setting: `weight.scheme`. */
type Choices = Readonly<Record<string, string>>;

/** Event `whole-model`: `{weight: {scheme: 'sym'}}` of what was chosen. */
@customElement('whole-model')
export class WholeModel extends LitElement {
  static override styles = [
    baseStyles,
    pageStyles,
    controlStyles,
    css`
      :host {
        padding: 0;
        min-height: 0;
      }
      fieldset {
        margin: 0 0 8px;
        padding: 0;
        border: 0;
      }
      legend {
        padding: 0;
        font-weight: 600;
      }
      fieldset .row {
        gap: 6px 20px;
      }
    `,
  ];

  @property({ attribute: false }) accessor settings: DiagnosisReport['settings'] = {};
  @state() private accessor choices: Choices = {};

  override render(): TemplateResult | typeof nothing {
    const parts = Object.entries(this.settings).filter(([, settings]) => Object.keys(settings).length > 0);
    if (parts.length === 0) return nothing;
    return html`<h2>All operators</h2>
      <p class="quiet">Another optimization, in which what is chosen here is asked of every operator.</p>
      ${parts.map(
        ([part, settings]) =>
          html`<fieldset>
            <legend>${partNames[part] ?? part}</legend>
            <div class="row">
              ${Object.entries(settings).map(([setting, values]) => this.renderSetting(part, setting, values))}
            </div>
          </fieldset>`,
      )}
      ${button({
        label: 'New Optimization…',
        icon: 'add',
        isSecondary: true,
        isDisabled: Object.keys(this.choices).length === 0,
        click: () => this.tell(),
      })}`;
  }

  private renderSetting(part: string, setting: string, values: readonly string[]): TemplateResult {
    const key = `${part}.${setting}`;
    const options = [
      { value: '', label: 'as it is' },
      ...values.map((value) => ({ value, label: valueNames[value] ?? value })),
    ];
    return choiceOf(settingNames[setting] ?? setting, options, this.choices[key] ?? '', (value) => {
      const others = Object.fromEntries(Object.entries(this.choices).filter(([name]) => name !== key));
      this.choices = value === '' ? others : { ...others, [key]: value };
    });
  }

  private tell(): void {
    const detail: Record<string, Record<string, string>> = {};
    for (const [key, value] of Object.entries(this.choices)) {
      const [part = '', setting = ''] = key.split('.');
      detail[part] = { ...detail[part], [setting]: value };
    }
    this.dispatchEvent(new CustomEvent('whole-model', { detail }));
  }
}

const partNames: Readonly<Record<string, string>> = { weight: 'Weights', activation: 'Activations' };

const settingNames: Readonly<Record<string, string>> = {
  granularity: 'Granularity',
  scheme: 'Scheme',
  dtype: 'Type',
  algorithm: 'Algorithm',
};

const valueNames: Readonly<Record<string, string>> = {
  per_channel: 'per channel',
  per_tensor: 'per tensor',
  sym: 'symmetric',
  asym: 'asymmetric',
};
