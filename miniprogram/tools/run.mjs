// Runs a local command with CI=1, so that uni-app's command line posts no project statistics; works on Windows too.
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const [command, ...args] = process.argv.slice(2)
const windows = process.platform === 'win32'
const file = join(root, 'node_modules', '.bin', windows ? `${command}.cmd` : command)
const done = spawnSync(file, args, { cwd: root, stdio: 'inherit', shell: windows, env: { ...process.env, CI: '1' } })
if (done.error) console.error(done.error.message)
process.exit(done.status ?? 1)
