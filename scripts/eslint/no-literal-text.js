/**
 * Rule `endless/no-literal-text`: what the user reads goes through localization. Looks at the places where texts are
 * shown: the messages and pickers of `vscode.window`, titles and tooltips in the host, and lit templates in the webview.
 */
const SHOWN_BY_CALL = /^show(Information|Warning|Error)Message$|^createOutputChannel$/;
const SHOWN_BY_PROPERTY = /^(title|tooltip|placeHolder|prompt|openLabel|saveLabel|label|description|detail)$/;
const SHOWN_BY_ATTRIBUTE = /\s(?:title|alt|placeholder|label|aria-(?:label|description|valuetext|roledescription))\s*=\s*(["'])(.*?)\1/gs;
const WORD = /\p{L}{2}/u;
/** Stands for an expression inside a template. */
const HOLE = '\u0000';

export const noLiteralText = {
  meta: {
    type: 'problem',
    schema: [{ type: 'object', properties: { product: { type: 'string' } }, additionalProperties: false }],
    messages: { literal: 'Text that the user reads must be localized: “{{text}}”.' },
  },
  create(context) {
    const product = context.options[0]?.product ?? '';

    function check(node, text = literalText(node)) {
      const words = text?.replaceAll(product, '').replaceAll(/\$\([\w~-]+\)|&\w+;/g, '');
      if (words && WORD.test(words)) context.report({ node, messageId: 'literal', data: { text: text.trim() } });
    }

    return {
      CallExpression({ callee, arguments: values }) {
        if (SHOWN_BY_CALL.test(callee.property?.name)) values.forEach((value) => check(value));
      },
      AssignmentExpression({ left, right }) {
        if (SHOWN_BY_PROPERTY.test(left.property?.name)) check(right);
      },
      'CallExpression > ObjectExpression > Property'({ key, value }) {
        if (SHOWN_BY_PROPERTY.test(key.name)) check(value);
      },
      TaggedTemplateExpression({ tag, quasi }) {
        if (tag.name !== 'html' && tag.name !== 'svg') return;
        const markup = quasi.quasis
          .map(({ value }) => value.cooked)
          .join(HOLE)
          .replaceAll(/<!--.*?-->/gs, '');
        for (const [, , value] of markup.matchAll(SHOWN_BY_ATTRIBUTE)) check(quasi, value.replaceAll(HOLE, ' '));
        check(quasi, markup.replaceAll(/<[^>]*>/g, ' ').replaceAll(HOLE, ' '));
      },
    };
  },
};

function literalText(node) {
  if (node.type === 'Literal') return typeof node.value === 'string' ? node.value : undefined;
  return node.type === 'TemplateLiteral' ? node.quasis.map(({ value }) => value.cooked).join(' ') : undefined;
}
