import DOMPurify from 'dompurify';
import { Marked } from 'marked';
import { withVisibleControls } from '../code/visible-controls.ts';

const WEB_ADDRESS = /^(?:https?:\/\/|ftp:\/\/|www\.)/i;
/**
 * Text up to where something else may begin. The parser's own expression looks for an address of mail from each letter
 * on, which takes quadratic time; such an address leads nowhere here.
 */
const TEXT =
  /^(?:`+|~+|[^`~])(?:(?=[`~])|(?= {2,}\n)|[^]*?(?:(?=[\\<![`*~_]|https?:\/\/|ftp:\/\/|(?<![^\s*_~(])www\.|$)|[^ ](?= {2,}\n)))/i;

/**
 * What the model writes is text, whatever it looks like: markup in it is shown, not obeyed. The renderer lets no HTML
 * through, pictures stand there as their source, links go to the web or nowhere. DOMPurify is the second wall.
 */
const marked = new Marked({
  gfm: true,
  async: false,
  tokenizer: {
    url: (source) => (WEB_ADDRESS.test(source) ? false : undefined),
    inlineText(source) {
      const [raw] = TEXT.exec(source) ?? [];
      return raw === undefined ? undefined : { type: 'text', raw, text: raw, escaped: false };
    },
  },
  renderer: {
    html: ({ raw }) => escape(raw),
    image: ({ raw }) => escape(raw),
    codespan: ({ text }) => `<code>${escape(withVisibleControls(text))}</code>`,
    link({ href, raw, tokens }) {
      return isWebAddress(href) ? `<a href="${escape(href)}">${this.parser.parseInline(tokens)}</a>` : escape(raw);
    },
    // The page and the turn have headings of their own above these.
    heading({ tokens, depth }) {
      const level = Math.min(depth + 2, 6);
      return `<h${level}>${this.parser.parseInline(tokens)}</h${level}>`;
    },
  },
});

const ALLOWED_TAGS = [
  ...['p', 'br', 'hr', 'h3', 'h4', 'h5', 'h6', 'blockquote', 'pre', 'code', 'em', 'strong', 'del', 'a'],
  ...['ul', 'ol', 'li', 'table', 'thead', 'tbody', 'tr', 'th', 'td'],
];
const LANGUAGE_CLASS = /^language-[\w+#.-]+$/;

const purifier = DOMPurify(window);
purifier.addHook('uponSanitizeAttribute', (_element, attribute) => {
  if (attribute.attrName === 'class' && !LANGUAGE_CLASS.test(attribute.attrValue)) attribute.keepAttr = false;
});

/**
 * Markdown as harmless nodes. Links carry their address but nothing follows them: the caller sends a click to the host.
 */
export function renderProse(source: string): DocumentFragment {
  return harmless(marked.parse(source, { async: false }));
}

/** The same of a paragraph, without its frame. */
export function renderLine(source: string): DocumentFragment {
  return harmless(marked.parseInline(source.trimEnd(), { async: false }));
}

function harmless(markup: string): DocumentFragment {
  return purifier.sanitize(markup, {
    ALLOWED_TAGS,
    ALLOWED_ATTR: ['href', 'class', 'start', 'align'],
    ADD_URI_SAFE_ATTR: ['start', 'align'],
    ALLOWED_URI_REGEXP: /^https?:/i,
    ALLOW_ARIA_ATTR: false,
    ALLOW_DATA_ATTR: false,
    RETURN_DOM_FRAGMENT: true,
  });
}

/** Whether an address is one that a click may open. */
export function isWebAddress(href: string): boolean {
  return /^https?:\/\//i.test(href) && URL.canParse(href);
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
