import * as vscode from 'vscode';
import { commitMessageIn } from '../../shared/answers.ts';
import { clippedDiff } from '../../shared/diffs.ts';
import { EndlessError } from '../../shared/errors.ts';
import { fenced } from '../../shared/fence.ts';
import type { GenerateResult } from '../../shared/protocol/generate.ts';
import { answerRoom } from '../../shared/protocol/requests.ts';
import { changesToCommit, repositoryOf, type GitRepository } from '../git/git.ts';
import { SharedBox } from '../git/shared-box.ts';
import type { RequestListener } from '../engine/side-requests.ts';
import type { Prompts } from '../prompts/prompts.ts';
import { ContextKeySetter } from '../status/context-keys.ts';
import { showFailure } from '../status/failure-notification.ts';
import type { CommandRequests } from './command-requests.ts';
import type { Commands } from './commands.ts';

export interface CommitTargets {
  readonly requests: CommandRequests;
  readonly prompts: Prompts;
}

/** Characters of a token of a diff; dense ones have fewer. */
const CHARS_PER_TOKEN = 2.5;
/** How often a diff that is too long is shortened, and how much of what would fit is used then. */
const MOST_SHORTENED = 3;
const SPARE = 0.85;
/** Messages of the past that are shown for their style, and how much of each. */
const RECENT = 5;
const LONGEST_RECENT = 200;
/** A message is short, but some models think before they write it. */
const LONGEST_TOKENS = 1000;
/** Documents of what stands in the boxes for messages. */
const MESSAGE_SCHEME = 'vscode-scm';
/** Little is left to taste. */
const SAMPLING = { temperature: 0.2, repeatPenalty: 1, maxAnswerTokens: LONGEST_TOKENS };

/** Writes the message of a commit into the input box of source control while the model says it. */
export class CommitMessage {
  readonly #targets: CommitTargets;
  readonly #keys = new ContextKeySetter();
  #running: AbortController | undefined;

  constructor(targets: CommitTargets) {
    this.#targets = targets;
  }

  get commands(): Commands {
    return {
      'endless.commitMessage': (source) => this.#write(source),
      'endless.stopCommitMessage': () => this.#running?.abort(),
    };
  }

  async #write(source: unknown): Promise<void> {
    try {
      const repository = await repositoryOf(source);
      const diff = repository && (await changesToCommit(repository)).diff;
      if (repository && diff?.trim()) await this.#writeVisibly(repository, diff);
      else await vscode.window.showInformationMessage(nothingSentence(repository));
    } catch (error) {
      await showFailure(EndlessError.from(error).toReport());
    }
  }

  async #writeVisibly(repository: GitRepository, diff: string): Promise<void> {
    this.#running?.abort();
    const running = (this.#running = new AbortController());
    this.#keys.set({ 'endless.writingCommitMessage': true });
    // To the box itself it looks as if its newest text had not been told of yet.
    const undone = vscode.workspace.onDidChangeTextDocument(({ document, reason }) => {
      if (document.uri.scheme === MESSAGE_SCHEME && reason === vscode.TextDocumentChangeReason.Undo) running.abort();
    });
    try {
      await vscode.window.withProgress({ location: vscode.ProgressLocation.SourceControl }, () =>
        this.#writeInto(repository, diff, running),
      );
    } finally {
      undone.dispose();
      if (this.#running === running) this.#keys.set({ 'endless.writingCommitMessage': false });
    }
  }

  /** What stood in the box comes back when nothing takes its place; whoever writes into it meanwhile goes on by himself. */
  async #writeInto(repository: GitRepository, diff: string, running: AbortController): Promise<void> {
    const { signal } = running;
    const box = new SharedBox(repository.inputBox);
    const show = (answer: string): void => {
      if (!box.isOurs) running.abort();
      const message = commitMessageIn(answer);
      if (!signal.aborted && message) box.write(message);
    };
    let answer = '';
    const onText = (text: string): void => show((answer += text));
    try {
      const { text, finish } = await this.#ask(repository, diff, { onText }, signal);
      show(text);
      if (signal.aborted) return;
      if (commitMessageIn(text) === '' || finish === 'repetition') throw new EndlessError('no-answer');
    } catch (error) {
      if (!signal.aborted) box.takeBack();
      throw error;
    }
  }

  /** How many tokens a diff has is known when it is asked about; one that is too long is shortened and asked about again. */
  async #ask(repository: GitRepository, diff: string, listener: RequestListener, signal: AbortSignal): Promise<GenerateResult> {
    const { requests } = this.#targets;
    const window = requests.requestWindow;
    const recent = await recentMessages(repository);
    let longest = Math.min(diff.length, (window - 2 * answerRoom(window, LONGEST_TOKENS)) * CHARS_PER_TOKEN - recent.length);
    for (let shortened = 0; ; shortened++) {
      const message = this.#prompt(diff, longest, recent);
      try {
        return await requests.generate({ command: 'commitMessage', message, sampling: SAMPLING }, listener, signal);
      } catch (error) {
        const part = fittingPart(error);
        if (part === undefined || shortened === MOST_SHORTENED) throw error;
        longest *= part;
      }
    }
  }

  #prompt(diff: string, longest: number, recent: string): string {
    return this.#targets.prompts.render('commit-message', {
      diff: fenced(clippedDiff(diff, longest), 'diff'),
      hasRecent: recent !== '',
      recent: fenced(recent, ''),
    });
  }
}

async function recentMessages(repository: GitRepository): Promise<string> {
  const commits = await repository.log({ maxEntries: RECENT }).catch(() => []);
  return commits.map(({ message }) => message.trim().slice(0, LONGEST_RECENT)).join('\n\n');
}

/** How much of a prompt that was too long would fit, with something to spare; `undefined` for any other failure. */
function fittingPart(error: unknown): number | undefined {
  if (!(error instanceof EndlessError) || error.code !== 'message-too-long') return undefined;
  const part = Number(error.args['window']) / Number(error.args['tokens']);
  return part > 0 && part < 1 ? part * SPARE : undefined;
}

function nothingSentence(repository: GitRepository | undefined): string {
  return repository ? vscode.l10n.t('There are no changes to commit.') : vscode.l10n.t('No Git repository is open.');
}
