import * as vscode from 'vscode';
import { commitMessageIn } from '../../shared/answers.ts';
import { clippedDiff } from '../../shared/diffs.ts';
import { EndlessError } from '../../shared/errors.ts';
import { fenced } from '../../shared/fence.ts';
import { answerRoom } from '../../shared/requests.ts';
import { changesToCommit, repositoryOf, type GitRepository } from '../git/git.ts';
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
/** Messages of the past that are shown for their style, and how much of each. */
const RECENT = 5;
const LONGEST_RECENT = 200;
/** A message is short; whatever goes on for longer is none. */
const LONGEST_TOKENS = 300;
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
    try {
      await vscode.window.withProgress({ location: vscode.ProgressLocation.SourceControl }, () =>
        this.#writeInto(repository, diff, running.signal),
      );
    } finally {
      if (this.#running === running) this.#keys.set({ 'endless.writingCommitMessage': false });
    }
  }

  /** What stood in the box comes back when nothing takes its place. */
  async #writeInto(repository: GitRepository, diff: string, signal: AbortSignal): Promise<void> {
    const { requests } = this.#targets;
    const before = repository.inputBox.value;
    let answer = '';
    const show = (): void => {
      const message = commitMessageIn(answer);
      if (message) repository.inputBox.value = message;
    };
    const onText = (text: string): void => {
      if (signal.aborted) return;
      answer += text;
      show();
    };
    try {
      const message = await this.#prompt(repository, diff, requests.requestWindow);
      const { text, finish } = await requests.generate({ command: 'commitMessage', message, sampling: SAMPLING }, { onText }, signal);
      if (finish === 'stopped') return;
      answer = text;
      show();
      if (commitMessageIn(answer) === '') throw new EndlessError('no-answer');
    } catch (error) {
      repository.inputBox.value = before;
      throw error;
    }
  }

  async #prompt(repository: GitRepository, diff: string, window: number): Promise<string> {
    const commits = await repository.log({ maxEntries: RECENT }).catch(() => []);
    const recent = commits.map(({ message }) => message.trim().slice(0, LONGEST_RECENT)).join('\n\n');
    const longest = (window - 2 * answerRoom(window, LONGEST_TOKENS)) * CHARS_PER_TOKEN - recent.length;
    return this.#targets.prompts.render('commit-message', {
      diff: fenced(clippedDiff(diff, longest), 'diff'),
      hasRecent: recent !== '',
      recent: fenced(recent, ''),
    });
  }
}

function nothingSentence(repository: GitRepository | undefined): string {
  return repository ? vscode.l10n.t('There are no changes to commit.') : vscode.l10n.t('No Git repository is open.');
}
