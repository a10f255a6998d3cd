import * as v from 'valibot';
import { ERROR_CODES } from './errors.ts';

/** An error as it travels (`ErrorReport`). */
export const ErrorReportSchema = v.object({
  code: v.picklist(ERROR_CODES),
  args: v.record(v.string(), v.union([v.string(), v.number()])),
  detail: v.optional(v.string()),
});
