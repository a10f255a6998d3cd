import * as l10n from '@vscode/l10n';
import { LONGEST_ATTACHMENT, MOST_FILES, type DroppedFile } from '../../shared/context-items.ts';
import { express } from '../intent.ts';
import { isWebAddress } from '../markdown/render-prose.ts';

/** Where VS Code writes all resources that are dragged; the standard list has the first one only. */
const ALL_RESOURCES = 'application/vnd.code.uri-list';
const RESOURCES = 'text/uri-list';

/**
 * Lets files be dropped anywhere in the view. VS Code lets a drag reach a view only while Shift is held, so before that there is
 * nothing to show.
 */
export function acceptDrops(view: HTMLElement): void {
  let depth = 0;
  const show = (change: number): void => {
    depth = Math.max(0, depth + change);
    if (depth > 0) view.dataset['drop'] = l10n.t('Drop to attach');
    else delete view.dataset['drop'];
  };
  view.addEventListener('dragenter', (event) => hasFiles(event) && show(1));
  view.addEventListener('dragleave', (event) => hasFiles(event) && show(-1));
  view.addEventListener('dragover', (event) => {
    if (hasFiles(event)) event.preventDefault();
  });
  view.addEventListener('drop', (event) => {
    if (!hasFiles(event) || !event.dataTransfer) return;
    show(-depth);
    const uris = resources(event.dataTransfer);
    // A link of a page goes where it is dropped, as always.
    if (uris.length > 0 && uris.every(isWebAddress)) return;
    event.preventDefault();
    // What VS Code says of a file is more than the browser does; the browser's list is empty once the event is over.
    const files = uris.length > 0 ? [] : [...event.dataTransfer.files];
    const count = Math.max(uris.length, files.length);
    void Promise.all(files.slice(0, MOST_FILES).map(readFile)).then((read) =>
      express(view, { type: 'drop', uris: uris.slice(0, MOST_FILES), files: read, count }),
    );
  });
}

/** A text that is dragged goes where it is dropped, as always. */
function hasFiles({ dataTransfer }: DragEvent): boolean {
  return [ALL_RESOURCES, RESOURCES, 'Files'].some((type) => dataTransfer?.types.includes(type));
}

function resources(data: DataTransfer): readonly string[] {
  const list = data.getData(ALL_RESOURCES) || data.getData(RESOURCES);
  return list.split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('#'));
}

async function readFile(file: File): Promise<DroppedFile> {
  const { name, size } = file;
  if (size > LONGEST_ATTACHMENT) return { name };
  try {
    return { name, text: new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer()) };
  } catch {
    return { name };
  }
}
