import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';

/** The project's own configuration; rules that need types are off because the files exist only here. */
const eslint = new ESLint({ overrideConfig: [tseslint.configs.disableTypeChecked] });

/** Names of the rules that `code` would break if it stood in `file`. */
export async function brokenRules(file: string, code: string): Promise<string[]> {
  const [result] = await eslint.lintText(code, { filePath: file });
  return result!.messages.map(({ ruleId, message }) => ruleId ?? message);
}
