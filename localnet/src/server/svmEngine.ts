import type {
  Account,
  FailedTransactionMetadata,
  LiteSvm,
  SimulatedTransactionInfo,
  TransactionMetadata,
} from 'litesvm/dist/internal.js'
import { addressOfBytes, bytesOfAddress } from '../../../src/base/address.js'
import type { Engine, Execution, InstructionFault, LedgerAccount, TransactionFault } from '../ledger/engine.js'
import { MEMO_V3, MEMO_V4 } from '../ledger/memo.js'
import type { DecodedTransaction } from '../ledger/transaction.js'

type Native = typeof import('litesvm')

const SLOTS_PER_EPOCH = 432_000
// The binding's enums are empty at run time, so their order is written out here, for the pinned version.
const TRANSACTION_FAULTS = `
  AccountInUse AccountLoadedTwice AccountNotFound ProgramAccountNotFound InsufficientFundsForFee
  InvalidAccountForFee AlreadyProcessed BlockhashNotFound CallChainTooDeep MissingSignatureForFee
  InvalidAccountIndex SignatureFailure InvalidProgramForExecution SanitizeFailure ClusterMaintenance
  AccountBorrowOutstanding WouldExceedMaxBlockCostLimit UnsupportedVersion InvalidWritableAccount
  WouldExceedMaxAccountCostLimit WouldExceedAccountDataBlockLimit TooManyAccountLocks
  AddressLookupTableNotFound InvalidAddressLookupTableOwner InvalidAddressLookupTableData
  InvalidAddressLookupTableIndex InvalidRentPayingAccount WouldExceedMaxVoteCostLimit
  WouldExceedAccountDataTotalLimit MaxLoadedAccountsDataSizeExceeded ResanitizationNeeded
  InvalidLoadedAccountsDataSizeLimit UnbalancedTransaction ProgramCacheHitMaxLimit CommitCancelled`
  .trim()
  .split(/\s+/)
const INSTRUCTION_FAULTS = `
  GenericError InvalidArgument InvalidInstructionData InvalidAccountData AccountDataTooSmall InsufficientFunds
  IncorrectProgramId MissingRequiredSignature AccountAlreadyInitialized UninitializedAccount
  UnbalancedInstruction ModifiedProgramId ExternalAccountLamportSpend ExternalAccountDataModified
  ReadonlyLamportChange ReadonlyDataModified DuplicateAccountIndex ExecutableModified RentEpochModified
  NotEnoughAccountKeys AccountDataSizeChanged AccountNotExecutable AccountBorrowFailed
  AccountBorrowOutstanding DuplicateAccountOutOfSync InvalidError ExecutableDataModified
  ExecutableLamportChange ExecutableAccountNotRentExempt UnsupportedProgramId CallDepth MissingAccount
  ReentrancyNotAllowed MaxSeedLengthExceeded InvalidSeeds InvalidRealloc ComputationalBudgetExceeded
  PrivilegeEscalation ProgramEnvironmentSetupFailure ProgramFailedToComplete ProgramFailedToCompile Immutable
  IncorrectAuthority AccountNotRentExempt InvalidAccountOwner ArithmeticOverflow UnsupportedSysvar
  IllegalOwner MaxAccountsDataAllocationsExceeded MaxAccountsExceeded MaxInstructionTraceLengthExceeded
  BuiltinProgramsMustConsumeComputeUnits BorshIoError`
  .trim()
  .split(/\s+/)

const named = (names: readonly string[], number: number): string => names[number] ?? `Unknown(${number})`

function instructionFaultOf(error: unknown): InstructionFault {
  if (typeof error === 'number') return named(INSTRUCTION_FAULTS, error)
  if (typeof error === 'object' && error !== null && 'code' in error) return { Custom: Number(error.code) }
  return 'BorshIoError'
}

function faultOf(error: ReturnType<FailedTransactionMetadata['err']>): TransactionFault {
  if (typeof error === 'number') return named(TRANSACTION_FAULTS, error)
  // The classes are not exported at run time; their names are all there is to tell them by.
  const kind = error.constructor.name
  if ('err' in error) return { InstructionError: [error.index, instructionFaultOf(error.err())] }
  if ('index' in error) return { DuplicateInstruction: error.index }
  return kind === 'TransactionErrorInsufficientFundsForRent'
    ? { InsufficientFundsForRent: { account_index: error.accountIndex } }
    : { ProgramExecutionTemporarilyRestricted: { account_index: error.accountIndex } }
}

const accountOf = (account: Account): LedgerAccount => ({
  lamports: account.lamports(),
  data: account.data(),
  program: addressOfBytes(account.owner()),
  executable: account.executable(),
})

function executionOf(
  meta: TransactionMetadata,
  fault: TransactionFault | null,
  accounts: Execution['accounts'] = new Map(),
): Execution {
  const returned = meta.returnData()
  const data = returned.data()
  return {
    fault,
    logs: meta.logs(),
    units: Number(meta.computeUnitsConsumed()),
    inner: meta.innerInstructions().map((called) =>
      called.map((inner) => {
        const instruction = inner.instruction()
        return {
          programIdIndex: instruction.programIdIndex(),
          accounts: [...instruction.accounts()],
          data: instruction.data(),
          stackHeight: inner.stackHeight(),
        }
      }),
    ),
    returnData: data.length > 0 ? { program: addressOfBytes(returned.programId()), data } : null,
    accounts,
  }
}

function openSvm(native: Native): LiteSvm {
  const svm = new native.LiteSVM().withNativeMints().withBlockhashCheck(false).withTransactionHistory(0n)
  // The wrapper encodes each transaction again; the object inside takes the bytes as they are.
  const { inner } = svm as unknown as { readonly inner: LiteSvm }
  // Version 3 and 4 are one program to their callers; this version of LiteSVM has only the older address.
  const memo = inner.getAccount(bytesOfAddress(MEMO_V3))
  if (memo && !inner.getAccount(bytesOfAddress(MEMO_V4))) inner.setAccount(bytesOfAddress(MEMO_V4), memo)
  return inner
}

function createSvmEngine(native: Native): Engine {
  const svm = openSvm(native)
  const failed = (result: object): result is FailedTransactionMetadata =>
    result instanceof native.FailedTransactionMetadata
  let recent: { slot: bigint; hash: string }[] = []

  function simulate(transaction: DecodedTransaction): Execution {
    const result: SimulatedTransactionInfo | FailedTransactionMetadata =
      transaction.version === 'legacy'
        ? svm.simulateLegacyTransaction(transaction.bytes)
        : svm.simulateVersionedTransaction(transaction.bytes)
    if (failed(result)) return executionOf(result.meta(), faultOf(result.err()))
    const accounts = result
      .postAccounts()
      .map((post) => [addressOfBytes(post.address), accountOf(post.account())] as const)
    return executionOf(result.meta(), null, new Map(accounts))
  }

  return {
    name: 'svm',
    read(address) {
      const account = svm.getAccount(bytesOfAddress(address))
      return account && accountOf(account)
    },
    write(address, account) {
      const { lamports, data, program, executable } = account ?? {
        lamports: 0n,
        data: new Uint8Array(),
        program: address,
        executable: false,
      }
      const owner = account ? bytesOfAddress(program) : new Uint8Array(32)
      svm.setAccount(bytesOfAddress(address), new native.Account(lamports, data, owner, executable, 2n ** 64n - 1n))
    },
    openSlot({ slot, unixTime, blockhash }) {
      svm.expireBlockhash()
      const epoch = BigInt(Math.floor(slot / SLOTS_PER_EPOCH))
      svm.setClock(new native.Clock(BigInt(slot), BigInt(unixTime), epoch, epoch + 1n, BigInt(unixTime)))
      // Lookup tables are created against a slot that is in this list.
      svm.setSlotHashes(recent)
      recent = [{ slot: BigInt(slot), hash: blockhash }, ...recent].slice(0, 64)
    },
    run(transaction) {
      const result =
        transaction.version === 'legacy'
          ? svm.sendLegacyTransaction(transaction.bytes)
          : svm.sendVersionedTransaction(transaction.bytes)
      return failed(result) ? executionOf(result.meta(), faultOf(result.err())) : executionOf(result, null)
    },
    simulate(transaction, { verifySignatures }) {
      svm.setSigverify(verifySignatures)
      try {
        return simulate(transaction)
      } finally {
        svm.setSigverify(true)
      }
    },
    setRent: (lamportsPerByte) => svm.setRent(new native.Rent(BigInt(lamportsPerByte), 1, 50)),
    rentExempt: (bytes) => svm.minimumBalanceForRentExemption(BigInt(bytes)),
  }
}

/** Loads LiteSVM, which only some platforms have a binary for, and gives a maker of engines. */
export async function loadSvm(): Promise<() => Engine> {
  const loaded: Native & { readonly default?: Native } = await import('litesvm')
  // A bundler's view of the CommonJS module has the names only under `default`.
  const native = loaded.LiteSVM === undefined && loaded.default ? loaded.default : loaded
  return () => createSvmEngine(native)
}
