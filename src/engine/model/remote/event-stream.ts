/** Characters of a line: more than any event of a model has, and less than would fill the memory. */
const LONGEST_LINE = 16_000_000;

/**
 * Reads server-sent events, and gives the data of each (WHATWG HTML, section 9.2.6). Comments and fields other than `data` and `error` are
 * passed over; the latter is what older versions of llama.cpp's server tell a failure by.
 *
 * @param bytes as they come; characters and line ends may be cut anywhere.
 * @throws RangeError for a line without end.
 */
export async function* eventData(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
  let data: string[] = [];
  for await (const line of linesOf(bytes)) {
    if (line === '') {
      if (data.length > 0) yield data.join('\n');
      data = [];
      continue;
    }
    const [, name = '', value = ''] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
    if (name === 'data') data.push(value);
    else if (name === 'error') data.push(`{"error":${value}}`);
  }
  // An event that was cut off is none; one that lacks only the empty line behind it is whole.
  if (data.length > 0) yield data.join('\n');
}

/** Lines that end with CR, LF, or both; the last one without an end only if there is something in it. */
async function* linesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of bytes) {
    rest += decoder.decode(chunk, { stream: true });
    // A CR at the very end may be half of a CRLF.
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    if (rest.length > LONGEST_LINE) throw new RangeError('a line of the event stream is too long');
    yield* lines;
  }
  rest += decoder.decode();
  if (rest !== '') yield rest.replace(/\r$/, '');
}
