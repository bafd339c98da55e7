/**
 * Bytes of a text model: "BTM1", then little-endian: u32 bits, u32 examples, f32 bias, 2^bits f32 weights.
 */
import { assert } from '../../schema/failure.js';
import type { TextModel } from './text-model.js';

const MAGIC = [0x42, 0x54, 0x4d, 0x31];
const HEAD_BYTES = 16;

export function encodeTextModel({ bits, bias, weights, examples }: TextModel): Uint8Array {
  const bytes = new Uint8Array(HEAD_BYTES + 4 * weights.length);
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC);
  view.setUint32(4, bits, true);
  view.setUint32(8, examples, true);
  view.setFloat32(12, bias, true);
  weights.forEach((weight, i) => {
    view.setFloat32(HEAD_BYTES + 4 * i, weight, true);
  });
  return bytes;
}

/** The model of some bytes; null for no bytes, which stand for no model. */
export function decodeTextModel(bytes: Uint8Array): TextModel | null {
  if (bytes.length === 0) return null;
  assert(
    bytes.length >= HEAD_BYTES && MAGIC.every((byte, i) => bytes[i] === byte),
    'these bytes hold no text model',
  );
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const bits = view.getUint32(4, true);
  assert(bytes.length === HEAD_BYTES + 4 * 2 ** bits, 'a text model is cut short');
  return {
    bits,
    examples: view.getUint32(8, true),
    bias: view.getFloat32(12, true),
    weights: Float32Array.from({ length: 2 ** bits }, (_, i) =>
      view.getFloat32(HEAD_BYTES + 4 * i, true),
    ),
  };
}
