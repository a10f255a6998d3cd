import type { Place } from './extent.ts';
import { indentationOf } from './lines.ts';

/** Turns a model's text into the file's way to indent, and its line breaks into the editor's. */
export type Reindent = (written: string) => string;

const NARROWEST = 2;

/** A file is indented by tabs or by spaces; where it is by both, or not at all, a text is left as it is. */
export function indentationAt({ before, after }: Place): Reindent {
  const indented = [...before.split('\n'), ...after.split('\n')].filter((line) => /^[ \t]+\S/.test(line)).map(indentationOf);
  const byTabs = indented.filter((indentation) => indentation.startsWith('\t')).length;
  const hasOneWay = indented.length > 0 && (byTabs === 0 || byTabs === indented.length);
  const unit = byTabs > 0 ? undefined : narrowestOf(indented);
  return (written) => {
    const text = written.replaceAll('\r\n', '\n');
    if (!hasOneWay) return text;
    const [first = '', ...lines] = text.split('\n');
    const spaces = unit ?? narrowestOf(lines.map(indentationOf));
    const convert = (line: string): string => {
      const indentation = indentationOf(line);
      const fitting = unit === undefined ? indentation.replaceAll(spaces, '\t') : indentation.replaceAll('\t', spaces);
      return fitting + line.slice(indentation.length);
    };
    return [first, ...lines.map(convert)].join('\n');
  };
}

/** The smallest step of an indentation by spaces. */
function narrowestOf(indentations: readonly string[]): string {
  const widths = indentations.filter((indentation) => /^ +$/.test(indentation)).map(({ length }) => length);
  return ' '.repeat(widths.length > 0 ? Math.max(NARROWEST, Math.min(...widths)) : NARROWEST);
}
