// Usage: node unpack.mjs FOLDER
// Decompresses each file of the folder in place: `chromium.br` becomes `chromium`.

import { createReadStream, createWriteStream, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createBrotliDecompress } from "node:zlib";

const folder = process.argv[2];
for (const name of readdirSync(folder).filter((name) => name.endsWith(".br"))) {
  const [from, to] = [join(folder, name), join(folder, name.slice(0, -3))];
  await pipeline(createReadStream(from), createBrotliDecompress(), createWriteStream(to));
  rmSync(from);
}
