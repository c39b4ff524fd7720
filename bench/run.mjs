import { readdirSync } from 'node:fs'
import { runnerImport } from 'vite'

// `npm run bench` runs every bench, `npm run bench decode` one. A number alone says little of a machine that is busy
// with other things: each bench prints its ratio to another library in the same run.
const args = process.argv.slice(2)
const flags = args.findIndex((arg) => arg.startsWith('--'))
const wanted = flags < 0 ? args : args.slice(0, flags)
const names = readdirSync(import.meta.dirname).flatMap((file) => (file.endsWith('.ts') ? [file.slice(0, -3)] : []))
for (const name of wanted.length > 0 ? wanted : names)
  await runnerImport(`${import.meta.dirname}/${name}.ts`, { configFile: false, logLevel: 'error' })
