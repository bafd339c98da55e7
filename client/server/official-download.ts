/**
 * The official download of the Temporal CLI: the vendor's endpoint names an archive (tar.gz, or zip
 * on Windows) and the file in it. Where the release publishes checksums beside the archive they
 * decide; gzip's own checksum and the version that the binary reports are checked in any case.
 */
import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import { CLI_VERSION } from './pinned-cli.js';
import { zipEntry } from './zip-entry.js';

/** The endpoint that Temporal's own SDKs use. */
const ENDPOINT = 'https://temporal.download';
const ANSWER_MS_MAX = 4_000;
const DOWNLOAD_MS_MAX = 600_000;

const archiveInfo = z.object({ archiveUrl: z.string(), fileToExtract: z.string() });
type ArchiveInfo = z.infer<typeof archiveInfo>;

/** Asks the endpoint which archive serves this platform; rejects quickly when offline. */
export async function findArchive(endpoint = ENDPOINT): Promise<ArchiveInfo> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const arch = process.arch === 'x64' ? 'amd64' : process.arch;
  const url = `${endpoint}/cli/v${CLI_VERSION}?arch=${arch}&platform=${platform}`;
  const answer = await fetchOk(url, ANSWER_MS_MAX);
  return archiveInfo.parse(await answer.json());
}

/** Downloads the archive and returns the bytes of the binary. */
export async function officialDownload(
  onProgress: (line: string) => void,
  endpoint = ENDPOINT,
): Promise<Buffer> {
  const info = await findArchive(endpoint);
  const answer = await fetchOk(info.archiveUrl, DOWNLOAD_MS_MAX);
  const size = Number(answer.headers.get('content-length') ?? 0);
  const sizeText = size > 0 ? `${(size / 1e6).toFixed(1)} MB` : 'size not stated';
  onProgress(`fetching Temporal CLI ${CLI_VERSION} from ${info.archiveUrl} (${sizeText})`);
  const archive = Buffer.from(await answer.arrayBuffer());
  if (size > 0 && archive.length !== size && answer.headers.get('content-encoding') === null) {
    throw new Error(`the archive ended after ${archive.length} of ${size} bytes`);
  }
  await checkPublished(info.archiveUrl, archive, onProgress);
  const isZip = archive.subarray(0, 2).toString('latin1') === 'PK';
  if (isZip) return await zipEntry(archive, (name) => name === info.fileToExtract);
  return tarEntry(gunzipSync(archive), info.fileToExtract);
}

async function fetchOk(url: string, timeoutMs: number): Promise<Response> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
  return answer;
}

/** Compares with `checksums.txt` beside the archive; a release without one is said so. */
async function checkPublished(
  archiveUrl: string,
  archive: Buffer,
  onProgress: (line: string) => void,
): Promise<void> {
  const sha256 = createHash('sha256').update(archive).digest('hex');
  const name = new URL(archiveUrl).pathname.split('/').at(-1) ?? '';
  const published = await fetchOk(new URL('checksums.txt', archiveUrl).href, ANSWER_MS_MAX).then(
    (answer) => answer.text(),
    () => '',
  );
  const line = published.split('\n').find((text) => text.trim().endsWith(name) && name !== '');
  if (line === undefined) onProgress(`no published checksum; the archive's SHA-256 is ${sha256}`);
  else if (!line.trim().startsWith(sha256)) {
    throw new Error(`SHA-256 of ${name} is ${sha256}, published is ${line.trim().split(/\s/)[0]}`);
  }
}

/** One file of an uncompressed tar archive (POSIX ustar headers of 512 bytes). */
export function tarEntry(tar: Buffer, wanted: string): Buffer {
  const text = (start: number, length: number): string =>
    tar.toString('latin1', start, start + length).replace(/\0.*$/s, '');
  for (let at = 0; at + 512 <= tar.length && tar[at] !== 0; ) {
    const size = Number.parseInt(text(at + 124, 12).trim() || '0', 8);
    const name = text(at, 100).replace(/^\.\//, '');
    if (name === wanted) {
      if (at + 512 + size > tar.length) throw new Error(`${wanted} is cut short in the archive`);
      return tar.subarray(at + 512, at + 512 + size);
    }
    at += 512 + Math.ceil(size / 512) * 512;
  }
  throw new Error(`the archive holds no ${wanted}`);
}
