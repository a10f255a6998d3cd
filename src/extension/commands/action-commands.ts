import type { Action } from '../../shared/view-messages.ts';

/** The command, with its arguments, behind each button under a failure. */
export const ACTION_COMMANDS: Readonly<Record<Action, readonly [string, ...unknown[]]>> = {
  chooseModel: ['endless.useGgufFile'],
  tryBundledModel: ['endless.tryBundledModel'],
  restartEngine: ['endless.restartEngine'],
  showLog: ['endless.showLog'],
  openSettings: ['workbench.action.openSettings', '@ext:endless-dev.endless'],
  showCache: ['endless.showCache'],
  reloadWindow: ['workbench.action.reloadWindow'],
};
