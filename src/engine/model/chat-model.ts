import type { Status } from '../../shared/protocol/status.ts';
import type { LoadedModel } from './loaded-model.ts';
import type { ServedModel } from './remote/served-model.ts';

/** What conversations are held with: a model in the memory of this process, or one on a server. */
export type ChatModel = LoadedModel | ServedModel;

/** What clients are told of it. */
export function toldOf(model: ChatModel | undefined): Pick<Status, 'model' | 'server'> {
  switch (model?.kind) {
    case undefined:
      return {};
    case 'loaded':
      return { model: model.facts };
    case 'served':
      return { server: model.facts };
  }
}
