import type { Action } from '../../shared/view-messages.ts';

/** The command, with its arguments, behind each button under a failure. */
export const ACTION_COMMANDS: Readonly<Record<Action, readonly [string, ...unknown[]]>> = {
  chooseModel: ['endless.chooseModel'],
  useGgufFile: ['endless.useGgufFile'],
  setHubToken: ['endless.setHubToken'],
  tryBundledModel: ['endless.tryBundledModel'],
  restartEngine: ['endless.restartEngine'],
  showLog: ['endless.showLog'],
  showDiagnostics: ['endless.showDiagnostics'],
  openSettings: ['workbench.action.openSettings', '@ext:endless-dev.endless'],
  showCache: ['endless.showCache'],
  freeGpu: ['endless.freeGpu'],
  downloadCuda: ['endless.downloadCuda'],
  reloadWindow: ['workbench.action.reloadWindow'],
  chooseServer: ['endless.chooseServer'],
  enterServerKey: ['endless.enterServerKey'],
};
