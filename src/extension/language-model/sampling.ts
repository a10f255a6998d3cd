import * as v from 'valibot';
import { EngineSettingsSchema, type EngineSettings } from '../../shared/protocol/engine-settings.ts';

const { temperature, topP } = EngineSettingsSchema.entries;
const answerTokens = v.pipe(v.number(), v.integer(), v.minValue(1));

/**
 * What an extension wants to be other than the user's settings, by the names that are usual: `temperature`, `top_p`,
 * `max_tokens`. Other options, and values that the engine would refuse, change nothing.
 */
export function samplingOf(modelOptions: Readonly<Record<string, unknown>> = {}): Partial<EngineSettings> {
  return {
    ...valid('temperature', temperature, modelOptions['temperature']),
    ...valid('topP', topP, modelOptions['top_p']),
    ...valid('maxAnswerTokens', answerTokens, modelOptions['max_tokens']),
  };
}

function valid(name: keyof EngineSettings, schema: v.GenericSchema<number>, value: unknown): Partial<EngineSettings> {
  return v.is(schema, value) ? { [name]: value } : {};
}
