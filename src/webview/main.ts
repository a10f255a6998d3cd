import { EndlessApp } from './app.ts';
import { Host } from './host/host.ts';
import { loadTranslations } from './localization.ts';
import { Session } from './session.ts';

loadTranslations(document);
const host = new Host();
const session = new Session(host);
window.addEventListener('message', (event) => {
  try {
    session.receive(event.data);
  } catch (error) {
    // eslint-disable-next-line no-console -- the webview has no other log
    console.error(error);
  }
});
for (const type of ['focus', 'blur']) window.addEventListener(type, () => host.post({ type: 'focus', has: type === 'focus' }));
document.body.prepend(new EndlessApp(host, session));
