import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dischargesIn, saysBattery } from '../../../src/engine/power.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'endless-power-'))));
afterEach(() => rmSync(folder, { recursive: true }));

function supply(name: string, facts: Readonly<Record<string, string>>): void {
  mkdirSync(join(folder, name));
  for (const [fact, value] of Object.entries(facts)) writeFileSync(join(folder, name, fact), `${value}\n`);
}

describe('the power supplies that Linux tells of', () => {
  it('are a battery that gives power', async () => {
    supply('AC', { type: 'Mains', online: '0' });
    supply('BAT0', { type: 'Battery', status: 'Discharging' });
    expect(await dischargesIn(folder)).toBe(true);
  });

  it('are none where it is being charged', async () => {
    supply('AC', { type: 'Mains', online: '1' });
    supply('BAT0', { type: 'Battery', status: 'Charging' });
    expect(await dischargesIn(folder)).toBe(false);
  });

  it('are none where only the battery of a mouse gives power', async () => {
    supply('hidpp_battery_0', { type: 'Battery', status: 'Discharging', scope: 'Device' });
    expect(await dischargesIn(folder)).toBe(false);
  });

  it('are none where there are none', async () => {
    expect(await dischargesIn(join(folder, 'missing'))).toBe(false);
  });
});

it.each([
  ["Now drawing from 'Battery Power'\n -InternalBattery-0 (id=1)\t83%; discharging; 4:02 remaining present: true\n", true],
  ["Now drawing from 'AC Power'\n -InternalBattery-0 (id=1)\t100%; charged; 0:00 remaining present: true\n", false],
  ['', false],
])('of pmset the first line counts', (output, onBattery) => {
  expect(saysBattery(output)).toBe(onBattery);
});
