import { Template } from '@huggingface/jinja';
import { EndlessError } from '../../shared/errors.ts';

/**
 * The fixed text around the messages of a conversation, taken out of the model's own chat template. With it a turn
 * can be appended without rendering the history again:
 *
 *     head(system) · firstOpening message beforeAnswer answer close · opening message beforeAnswer answer close · …
 */
export interface ChatFormat {
  /** Text before and after the system prompt; `bareHead` is for a conversation without one. */
  readonly beforeSystem: string;
  readonly afterSystem: string;
  readonly bareHead: string;
  /** Text before the first message, where the template merges the system prompt into it. */
  readonly firstOpening: string;
  readonly opening: string;
  readonly beforeAnswer: string;
  /** The same before an answer that was given earlier: some templates open a new answer with more, or with less. */
  readonly beforePastAnswer: string;
  readonly close: string;
  /** Whether the template strips white space around messages. */
  readonly trims: boolean;
}

interface Message {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

interface SpecialText {
  readonly bos: string;
  readonly eos: string;
}

const SYSTEM = 'endless-mark-of-the-system-prompt';
const USER = 'endless-mark-of-the-first-message';
const ANSWER = 'endless-mark-of-the-first-answer';
const NEXT = 'endless-mark-of-the-second-message';

/**
 * Renders a conversation of marks and reads the fixed text off between them.
 *
 * @throws EndlessError `no-chat-template` when the template does not show user and assistant messages in order.
 */
export function readChatFormat(source: string, special: SpecialText): ChatFormat {
  const render = renderer(source, special);
  const turns: readonly Message[] = [
    { role: 'user', content: USER },
    { role: 'assistant', content: ANSWER },
    { role: 'user', content: NEXT },
  ];
  const [bareStart, beforePastAnswer, answerToNext, beforeAnswer] = between(render(turns, true), [USER, ANSWER, NEXT]);
  const [, , close] = between(render(turns.slice(0, 2), false), [USER, ANSWER]);
  const opening = without(answerToNext, close);
  const system = readSystem(render, turns, opening);
  return {
    ...(system ?? mergedSystem(bareStart)),
    bareHead: beforeSuffix(bareStart, opening),
    opening,
    beforeAnswer,
    beforePastAnswer,
    close: answerToNext.slice(0, answerToNext.length - opening.length),
    trims: !render([{ role: 'user', content: `  ${USER}  ` }], true).includes(`  ${USER}  `),
  };
}

type Render = (messages: readonly Message[], addGenerationPrompt: boolean) => string;

function renderer(source: string, special: SpecialText): Render {
  return (messages, addGenerationPrompt) => {
    try {
      const template = new Template(source);
      return template.render({
        messages,
        add_generation_prompt: addGenerationPrompt,
        bos_token: special.bos,
        eos_token: special.eos,
      });
    } catch (cause) {
      throw new EndlessError('no-chat-template', {}, cause);
    }
  };
}

type SystemParts = Pick<ChatFormat, 'beforeSystem' | 'afterSystem' | 'firstOpening'>;

/** `undefined` when the template has no place for a system prompt. */
function readSystem(render: Render, turns: readonly Message[], opening: string): SystemParts | undefined {
  try {
    const [beforeSystem, toMessage] = between(render([{ role: 'system', content: SYSTEM }, ...turns], true), [SYSTEM, USER]);
    const separate = toMessage.endsWith(opening);
    return {
      beforeSystem,
      afterSystem: separate ? beforeSuffix(toMessage, opening) : toMessage,
      firstOpening: separate ? opening : '',
    };
  } catch {
    return undefined;
  }
}

/** The system prompt stands at the head of the first message. */
function mergedSystem(bareStart: string): SystemParts {
  return { beforeSystem: bareStart, afterSystem: '\n\n', firstOpening: '' };
}

/** The text before, between and after the marks. */
function between(rendered: string, marks: readonly [string, string, ...string[]]): readonly [string, string, string, string] {
  const parts: string[] = [];
  let rest = rendered;
  for (const mark of marks) {
    const at = rest.indexOf(mark);
    if (at < 0) throw new EndlessError('no-chat-template');
    parts.push(rest.slice(0, at));
    rest = rest.slice(at + mark.length);
  }
  parts.push(rest);
  const [first = '', second = '', third = '', fourth = ''] = parts;
  return [first, second, third, fourth];
}

function without(text: string, prefix: string): string {
  return text.startsWith(prefix) ? text.slice(prefix.length) : text;
}

function beforeSuffix(text: string, suffix: string): string {
  return text.endsWith(suffix) ? text.slice(0, text.length - suffix.length) : text;
}
