import { describe, expect, it, test } from 'vitest';
import { commitMessageIn, namesIn, withoutThoughts } from '../../../src/shared/answers.ts';

describe('thoughts', () => {
  it.each([
    ['<think>Hm.</think>\nYes.', '\nYes.'],
    ['\n<thinking>a\nb</thinking>Yes.', 'Yes.'],
    ['<think>still at it', ''],
    ['Yes <think>not at the beginning</think>', 'Yes <think>not at the beginning</think>'],
    ['No thoughts.', 'No thoughts.'],
  ])('%j leave %j', (answer, rest) => expect(withoutThoughts(answer)).toBe(rest));
});

describe('a commit message', () => {
  test.each([
    ['Add a parser', 'Add a parser'],
    ['```\nAdd a parser\n\nIt was missing.\n```', 'Add a parser\n\nIt was missing.'],
    ['Here is the message:\n\n```text\nAdd a parser\n```\n\nI hope it helps.', 'Add a parser'],
    ['"Add a parser"', 'Add a parser'],
    ['`Add a parser`', 'Add a parser'],
    ['Commit message: Add a parser', 'Add a parser'],
    ['<think>What did change?</think>\n\nAdd a parser\n', 'Add a parser'],
    ['Use `map` and `filter`', 'Use `map` and `filter`'],
    ['Add a parser\n\n\n\nIt was missing.', 'Add a parser\n\nIt was missing.'],
    // Nobody waits for the end of a fence while it is written.
    ['```\nAdd a par', 'Add a par'],
    ['', ''],
    ['<think>Hm', ''],
  ])('in %j is %j', (answer, message) => expect(commitMessageIn(answer)).toBe(message));
});

describe('names', () => {
  test.each([
    ['count\ntotal\nsum', ['count', 'total', 'sum']],
    ['1. `count`\n2. `total` – what is summed up', ['count', 'total']],
    ['Names:\n- count: how many\n* total', ['count', 'total']],
    ['Here are five names:\n\ncount\ntotal.', ['count', 'total']],
    ['count\ncount\nx', ['count']],
    ['größe\n名前\n$ref\n_private', ['größe', '名前', '$ref', '_private']],
    ['not a name\n9lives\na-b', []],
    ['<think>maybe\ncount</think>\ntotal', ['total']],
    ['a1\na2\na3\na4\na5\na6\na7\na8\na9', ['a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7', 'a8']],
  ] as [string, string[]][])('in %j are %j', (answer, names) => expect(namesIn(answer, 'x')).toEqual(names));
});
