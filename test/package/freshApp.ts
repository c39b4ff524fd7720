import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { examplesOfPage } from '../support/examples.js'

/** Where the project is. */
export const root = resolve(import.meta.dirname, '../..')
/** Its package.json. */
export const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
/** Whether commands go through a shell. */
export const shell = process.platform === 'win32'

/** Runs a command; what it printed goes into the error when it fails. */
export function run(cwd: string, env: NodeJS.ProcessEnv, command: string, ...args: string[]): string {
  try {
    return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: 'pipe', shell, env: { ...process.env, ...env } })
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
    throw new Error(`${command} ${args.join(' ')} failed\n${stdout}\n${stderr}`, { cause: error })
  }
}

/** Starts Node.js on a file, and gives what it prints first that matches. */
export async function started(cwd: string, env: NodeJS.ProcessEnv, ready: RegExp, ...args: string[]) {
  const child: ChildProcess = spawn(process.execPath, args, { cwd, env: { ...process.env, ...env } })
  const text = await new Promise<string>((done, fail) => {
    let said = ''
    const hear = (part: Buffer) => {
      said += part
      if (ready.test(said)) done(said)
    }
    child.stdout?.on('data', hear)
    child.stderr?.on('data', hear)
    child.on('exit', (code) => fail(new Error(`${args.join(' ')} ended with ${code}\n${said}`)))
  })
  return { text, stop: () => child.kill() }
}

const newest = (directory: string) =>
  Math.max(
    ...readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs),
  )

// The test runner's own NODE_ENV would compile JSX for development.
const build = () => run(root, { NODE_ENV: 'production' }, 'npm', 'run', 'build')

/** Builds what is to be packed, unless that was done since the sources changed. */
export function ensureBuilt(): void {
  const changed = Math.max(...['src', 'localnet/src'].map((directory) => newest(join(root, directory))))
  const isOld = (built: string) => !existsSync(join(root, built)) || statSync(join(root, built)).mtimeMs < changed
  if (['dist/index.d.ts', 'localnet/dist/types/localnet/src/index.d.ts'].some(isOld)) build()
}

/** A new directory for an app. */
export const newApp = (): string => mkdtempSync(join(tmpdir(), 'lamplight-app-'))

/** Packs a package of the project into a directory, `.` or a workspace; gives the tarball's path. */
export function packInto(
  directory: string,
  what = '.',
): { readonly tarball: string; readonly files: readonly string[] } {
  const options = ['--json', '--ignore-scripts', '--pack-destination', directory]
  const [pack] = JSON.parse(run(join(root, what), {}, 'npm', 'pack', ...options))
  return { tarball: join(directory, pack.filename), files: pack.files.map(({ path }: { path: string }) => path) }
}

/** What README.md tells people to install: one list of names. */
export const readmePackages = (): string[] =>
  (/^npm i (lamplight .*)$/m.exec(readFileSync(join(root, 'README.md'), 'utf8'))?.[1] ?? '')
    .split(' ')
    .map((name) => name.replace(/(?<=.)@[\d.]+$/, ''))

/** A fixture with tarballs by name, and packages at the versions this project is tested with or the fixture pins, and nothing else. */
export function install(
  app: string,
  fixture: string,
  tarballs: Readonly<Record<string, string>>,
  names: readonly string[],
): void {
  cpSync(join(import.meta.dirname, fixture), app, { recursive: true })
  const file = join(app, 'package.json')
  const own = JSON.parse(readFileSync(file, 'utf8'))
  const tested = names.map((name) => [name, manifest.devDependencies[name] ?? manifest.devDependencies.react])
  const packed = Object.entries(tarballs).map(([name, path]) => [name, `file:${path}`])
  own.dependencies = { ...own.dependencies, ...Object.fromEntries([...tested, ...packed]) }
  writeFileSync(file, JSON.stringify(own))
  run(app, {}, 'npm', 'install', '--no-audit', '--no-fund', '--prefer-offline', '--ignore-scripts', '--no-package-lock')
}

/** The code blocks of a page that are whole modules. */
export const modulesIn = (page: string) =>
  examplesOfPage(page, readFileSync(join(root, page), 'utf8')).filter(({ code }) => /^import /m.test(code))

/** The one block of a page that holds a text. */
export function blockWith(page: string, text: string): string {
  const [found, more] = examplesOfPage(page, readFileSync(join(root, page), 'utf8')).filter(({ code }) =>
    code.includes(text),
  )
  if (!found || more) throw new Error(`${page} has not one block with ${text}`)
  return found.code
}
