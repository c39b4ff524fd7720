import Module from 'node:module'

/** `react`, `react-dom` and their subpaths, by the names under which React 18 is installed. */
export const react18Of = (request: string): string => request.replace(/^react(-dom)?(?=\/|$)/, 'react$1-18')

// Vite's aliases do not reach a `require` inside a package, and React DOM requires React: without this it would get
// React 19. The resolver has no public way in on every Node this package supports.
// Files that share a process each load this file anew, and the loader is one for all of them.
const loader = Module as unknown as { _resolveFilename(request: string, ...rest: unknown[]): string }
const resolveFilename = loader._resolveFilename
if (resolveFilename.name !== 'resolveReact18')
  loader._resolveFilename = function resolveReact18(request, ...rest) {
    return resolveFilename.call(loader, react18Of(request), ...rest)
  }
