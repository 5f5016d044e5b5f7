// The main package of a mini-program must stay under 2 MB; we stop at 1.5 MB so that there is room to mend.
import { readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const LIMIT = 1.5 * 1024 * 1024
const out = join(dirname(fileURLToPath(import.meta.url)), '..', 'dist', 'build', 'mp-weixin')

function bytes(path) {
  const info = statSync(path)
  return info.isDirectory() ? readdirSync(path).reduce((sum, name) => sum + bytes(join(path, name)), 0) : info.size
}

const total = bytes(out)
console.log(`mini-program: ${(total / 1024).toFixed(0)} KB of ${LIMIT / 1024} KB`)
if (total > LIMIT) {
  console.error('The main package is too big: move pages into a sub-package.')
  process.exit(1)
}
