import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative, resolve, sep } from 'node:path'
import { type Example, importsFrom, importsOfDoors, moduleOf } from './examples.js'
import { parsed, sourcesOf } from './sourceTree.js'

const root = resolve(import.meta.dirname, '../..')
const excuse = /^\s*(\/\/|\/\*)\s*(not compiled|@ts-(ignore|expect-error|nocheck))/

/** Compiles examples as an app in strict mode would; gives what is wrong as `file:line: why`. */
export async function exampleProblems(examples: readonly Example[]): Promise<string[]> {
  const excused = examples.flatMap(({ file, line, code }) =>
    code
      .split('\n')
      .flatMap((text, i) => (excuse.test(text) ? [`${file}:${line + i}: an example has to compile`] : [])),
  )
  return [...excused, ...(await compilerProblems(examples))]
}

async function compilerProblems(examples: readonly Example[]): Promise<string[]> {
  // Below node_modules, so that packages are found as they are from an app.
  const cache = join(root, 'node_modules/.cache')
  mkdirSync(cache, { recursive: true })
  const directory = mkdtempSync(join(cache, 'examples-'))
  const fromHere = (path: string) => relative(directory, join(root, path)).split(sep).join('/')
  try {
    const localnet = importsOfDoors(sourcesOf(join(root, 'localnet/src')), 'lamplight-localnet')
    const doors = new Map([...localnet, ...importsOfDoors(sourcesOf(join(root, 'src')))])
    const wordsFile = 'test/support/exampleWords.ts'
    const wordsText = readFileSync(join(root, wordsFile), 'utf8')
    const messages = importsFrom(fromHere(wordsFile.replace(/ts$/, 'js')), parsed('exampleWords.ts', wordsText))
    const files = examples.map((example, i) => {
      // The compiler sorts its messages by the names of files.
      const name = `${String(i).padStart(4, '0')}.${example.lang}`
      writeFileSync(join(directory, name), moduleOf(example, { doors, messages }))
      return `./${name}`
    })
    const frameworks = fromHere('test/support/frameworks.d.ts')
    // A fragment shows what a hook gives without using all of it.
    const compilerOptions = { noUnusedLocals: false, noUnusedParameters: false }
    const config = { extends: fromHere('tsconfig.json'), compilerOptions, include: [], files: [...files, frameworks] }
    writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify(config))
    return problemsIn(await outputOfTsc(directory), examples)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

function outputOfTsc(directory: string): Promise<string> {
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  return new Promise((done, fail) => {
    execFile(process.execPath, [tsc, '-p', '.', '--pretty', 'false'], { cwd: directory }, (error, stdout, stderr) => {
      // With errors in what it compiles it ends in 1 or 2 and has written them; anything else is its own trouble.
      if (error && stdout === '') fail(new Error(`tsc did not run: ${stderr}`, { cause: error }))
      else done(stdout)
    })
  })
}

/** The compiler's messages, each at its place in the page or source file; one of any other file as it is. */
function problemsIn(output: string, examples: readonly Example[]): string[] {
  return output.split('\n').flatMap((text) => {
    if (!/\berror TS\d+:/.test(text)) return []
    const [, index, row, why] = /^(\d+)\.tsx?\((\d+),\d+\): error (.*)$/.exec(text) ?? []
    const example = examples[Number(index)]
    return example ? [`${example.file}:${example.line + Number(row) - 1}: ${why}`] : [text]
  })
}
