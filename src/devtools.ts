export { BalanceDevtools } from './devtools/BalanceDevtools.js'
export type { BalanceDevtoolsProps } from './devtools/DevtoolsPanel.js'
