import { describe, expect, it } from 'vitest';
import {
  isReadable,
  isServerAddress,
  modelTitle,
  parseServerAddress,
  serverAddress,
  serverHost,
} from '../../../src/shared/server-address.ts';

describe('the address of a model on a server', () => {
  it.each([
    ['http://127.0.0.1:8080/v1#qwen', 'http://127.0.0.1:8080/v1', 'qwen'],
    ['https://models.example/openai/v1/#org/Model-7B:latest', 'https://models.example/openai/v1', 'org/Model-7B:latest'],
    ['HTTP://[::1]:8000', 'http://[::1]:8000/v1', ''],
    ['http://localhost:8080/v1#a%20b', 'http://localhost:8080/v1', 'a b'],
    ['http://localhost:8080/v1#100%', 'http://localhost:8080/v1', '100%'],
  ])('%s', (text, base, model) => {
    expect(isServerAddress(text)).toBe(true);
    expect(parseServerAddress(text)).toMatchObject({ base, model });
  });

  it.each(['http://', 'http://user:secret@host/v1#m', 'http://host/v1?key=secret#m', 'https://:99999/v1'])('is refused as %s', (text) => {
    expect(() => parseServerAddress(text)).toThrow('server-address-invalid');
    expect(serverHost(text)).toBeUndefined();
  });

  it('is never taken for a path, nor a path for it', () => {
    for (const path of [
      '',
      'bundled',
      '/models/http/a.gguf',
      'C:\\http\\a.gguf',
      '\\\\host\\share\\a.gguf',
      'ftp://host/v1#m',
      './https:/a.gguf',
    ])
      expect(isServerAddress(path)).toBe(false);
  });

  it.each(['qwen2.5-coder:7b', 'org/name', 'a b#c', '100%', 'Größe'])('holds the name %s', (model) => {
    expect(parseServerAddress(serverAddress('http://h:1/v1', model)).model).toBe(model);
  });

  it('names what people call the model', () => {
    expect(modelTitle('/models/qwen.gguf')).toBe('qwen.gguf');
    expect(modelTitle('C:\\models\\qwen.gguf')).toBe('qwen.gguf');
    expect(modelTitle('http://gpu:8080/v1#org/qwen')).toBe('qwen (gpu:8080)');
    expect(modelTitle('http://gpu:8080')).toBe('gpu:8080');
  });

  it.each([
    ['http://127.0.0.1:8080', false],
    ['http://127.4.5.6', false],
    ['http://localhost:1', false],
    ['http://box.localhost:1', false],
    ['http://[::1]:8080', false],
    ['https://far.example', false],
    ['http://192.168.0.7:8080', true],
    ['http://127.0.0.1.example', true],
    ['http://localhost.example', true],
  ])('tells whether others can read what goes to %s', (origin, readable) => {
    expect(isReadable(origin)).toBe(readable);
  });
});
