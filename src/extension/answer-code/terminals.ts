import * as vscode from 'vscode';

/** How long a new terminal has until it says that it knows its commands; many shells never do. */
const INTEGRATION_MS = 3_000;

/** The terminals that commands of answers run in. One in which something may still run is left alone. */
export class Terminals implements vscode.Disposable {
  #terminal: vscode.Terminal | undefined;
  readonly #busy = new Set<vscode.Terminal>();
  readonly #watch: vscode.Disposable;

  constructor() {
    this.#watch = vscode.Disposable.from(
      vscode.window.onDidStartTerminalShellExecution(({ terminal }) => this.#busy.add(terminal)),
      vscode.window.onDidEndTerminalShellExecution(({ terminal }) => this.#busy.delete(terminal)),
      vscode.window.onDidCloseTerminal((terminal) => this.#busy.delete(terminal)),
    );
  }

  /** Types commands and runs them. */
  async run(commands: string): Promise<void> {
    const terminal = this.#free ?? vscode.window.createTerminal({ name: 'Endless' });
    this.#terminal = terminal;
    terminal.show(true);
    const integration = terminal.shellIntegration ?? (await integrationOf(terminal));
    if (integration) integration.executeCommand(commands);
    else terminal.sendText(commands, true);
  }

  dispose(): void {
    this.#watch.dispose();
  }

  /** Only a shell that tells of its commands is known to be free; what runs in another would read the commands as its input. */
  get #free(): vscode.Terminal | undefined {
    const terminal = this.#terminal;
    return terminal?.exitStatus === undefined && terminal?.shellIntegration && !this.#busy.has(terminal) ? terminal : undefined;
  }
}

function integrationOf(terminal: vscode.Terminal): Promise<vscode.TerminalShellIntegration | undefined> {
  return new Promise((resolve) => {
    const watch = vscode.window.onDidChangeTerminalShellIntegration((event) => {
      if (event.terminal === terminal) settle(event.shellIntegration);
    });
    const timer = setTimeout(() => settle(undefined), INTEGRATION_MS);
    const settle = (integration: vscode.TerminalShellIntegration | undefined): void => {
      clearTimeout(timer);
      watch.dispose();
      resolve(integration);
    };
  });
}
