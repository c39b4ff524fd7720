export { useBalancePersistence } from './react/useBalancePersistence.js'
export { type BalanceStorage, indexedDbStorage } from './storage/balanceStorage.js'
export {
  type BalancePersistence,
  type BalanceStorageOptions,
  type PersistBalancesOptions,
  persistBalances,
  type StorageErrorListener,
} from './storage/persistBalances.js'
