import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { layers } from './scripts/eslint/layers.js';
import { noLiteralText } from './scripts/eslint/no-literal-text.js';

/** The files that may touch what node-llama-cpp keeps to itself: one of the engine, and the floor that it is measured against. */
const NATIVE_FILES = ['src/engine/cache/native.ts', 'src/bench/overhead/raw-arm.ts'];

const noDefaultExport = {
  selector: 'ExportDefaultDeclaration',
  message: 'Name what is exported: a name can be searched for.',
};
const noInternals = {
  selector: ':matches(MemberExpression[property.name=/^_/], MemberExpression[property.value=/^_/])',
  message: `Only ${NATIVE_FILES.join(' and ')} may use the internals of a library.`,
};
const noSingleLook = {
  selector:
    'CallExpression[callee.name="expect"] AwaitExpression CallExpression[callee.property.name=/^(innerText|allInnerTexts|inputValue|textContent|buttons|lines|formerLines|proposedLines|messages)$/]',
  message: 'What is drawn may be drawn a moment later: look again with expect.poll.',
};

export default defineConfig(
  globalIgnores(['sample/', 'dist/', '.cache/', '.vscode-test/', 'test-results/', 'training/', 'media/', '**/node_modules/']),
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/prefer-readonly': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true }],
      '@typescript-eslint/no-invalid-void-type': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      eqeqeq: 'error',
      'no-console': 'error',
      'no-restricted-syntax': ['error', noDefaultExport],
    },
  },
  {
    files: ['src/**/*.ts'],
    plugins: { endless: { rules: { layers, 'no-literal-text': noLiteralText } } },
    rules: {
      'endless/layers': 'error',
      'no-restricted-syntax': ['error', noDefaultExport, noInternals],
    },
  },
  { files: NATIVE_FILES, rules: { 'no-restricted-syntax': ['error', noDefaultExport] } },
  {
    files: ['src/extension/**/*.ts', 'src/webview/**/*.ts'],
    rules: { 'endless/no-literal-text': ['error', { product: 'Endless' }] },
  },
  {
    files: ['src/bench/**/*.ts', 'src/terminal/**/*.ts', 'scripts/**/*.ts', 'test/scripted-engine/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  { files: ['test/e2e/**/*.ts'], rules: { 'no-restricted-syntax': ['error', noDefaultExport, noSingleLook] } },
  { files: ['*.config.ts'], rules: { 'no-restricted-syntax': 'off' } },
);
