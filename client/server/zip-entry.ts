/** One file out of a zip archive in memory (yauzl checks its CRC-32 and size). */
import { fromBuffer, type ZipFile } from 'yauzl';

export async function zipEntry(
  archive: Buffer,
  isWanted: (name: string) => boolean,
): Promise<Buffer> {
  const zip = await openZip(archive);
  return await new Promise((resolve, reject) => {
    zip.on('error', reject);
    zip.on('end', () => reject(new Error('the archive does not hold the Temporal CLI')));
    zip.on('entry', (entry) => {
      if (!isWanted(entry.fileName)) return zip.readEntry();
      zip.openReadStream(entry, (error, stream) => {
        if (error) return reject(error);
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('error', reject);
        stream.on('end', () => resolve(Buffer.concat(chunks)));
      });
    });
    zip.readEntry();
  });
}

function openZip(archive: Buffer): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    fromBuffer(archive, { lazyEntries: true }, (error, zip) =>
      error ? reject(error) : resolve(zip),
    );
  });
}
