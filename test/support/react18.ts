import Module from 'node:module'

/** `react`, `react-dom` and their subpaths, by the names under which React 18 is installed. */
export const react18Of = (request: string): string => request.replace(/^react(-dom)?(?=\/|$)/, 'react$1-18')

// Vite's aliases do not reach a `require` inside a package, and React DOM requires React: without this it would get
// React 19. The resolver has no public way in on every Node this package supports.
const loader = Module as unknown as { _resolveFilename(request: string, ...rest: unknown[]): string }
const resolveFilename = loader._resolveFilename
loader._resolveFilename = (request, ...rest) => resolveFilename.call(loader, react18Of(request), ...rest)
