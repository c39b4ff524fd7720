import { screen, waitFor } from '@testing-library/react'
import { LamplightI18n, TokenBalance } from 'lamplight/components'
import type { MintOptions, TokenBalanceOptions } from 'lamplight-localnet'
import { describe, expect, it } from 'vitest'
import { flagsOf, sentenceOf } from '../../src/components/balanceFlags.js'
import { english } from '../../src/components/messages/english.js'
import type { TokenBalance as Data } from '../../src/token/balance.js'
import { renderApp } from '../support/app.js'
import { localnet, newAddress } from '../support/localnet.js'

type Terms = Pick<TokenBalanceOptions, 'frozen' | 'delegate' | 'confidential'>

async function shown(terms: Terms, mintOptions: MintOptions = {}, locale = 'en') {
  const net = await localnet()
  const owner = newAddress()
  const mint = net.createMint({ decimals: 1, program: 'token-2022', ...mintOptions })
  const set = (more: Terms) => net.setTokenBalance({ owner, mint, amount: 15n, ...more })
  set(terms)
  renderApp(
    <LamplightI18n locale={locale}>
      <TokenBalance owner={owner} mint={mint} data-testid="b" />
    </LamplightI18n>,
    net,
  )
  const balance = () => screen.getByTestId('b')
  await waitFor(() => expect(balance()).toHaveAttribute('data-state', 'live'))
  return { balance, set }
}

describe('a balance that is not free', () => {
  const delegate = { address: newAddress(), amount: 5n }
  it.each([
    ['frozen', 'Frozen', /It is frozen/, { frozen: true }, {}],
    ['paused', 'Paused', /nobody can move it/, {}, { paused: true }],
    ['nonTransferable', 'Cannot be transferred', /cannot be transferred/, {}, { nonTransferable: true }],
    ['delegated', 'Delegated', /may move 0\.5 of it/, { delegate }, {}],
    ['confidential', 'Partly private', /not in this amount/, { confidential: true }, {}],
  ])('says so beside the amount, and why in its mark: %s', async (name, word, sentence, terms, mintOptions) => {
    const { balance } = await shown(terms, mintOptions)
    expect(balance()).toHaveAttribute('data-flags', name)
    expect(balance()).toHaveTextContent(`1.5${word}`)
    expect(screen.getByRole('button', { name: sentence })).toBeVisible()
  })

  it('says nothing of one that is, and nothing any more when it is free again', async () => {
    const { balance, set } = await shown({ frozen: true, delegate })
    expect(balance()).toHaveAttribute('data-flags', 'frozen delegated')
    set({ frozen: false, delegate: null })
    await waitFor(() => expect(balance()).not.toHaveAttribute('data-flags'))
    expect(balance()).toHaveTextContent(/^1\.5$/)
    expect(screen.queryByRole('button')).toBeNull()
  })

  it.each([
    ['de', '1,5Eingefroren', /Er ist eingefroren/],
    ['ja', '1.5凍結中', /凍結されています/],
    ['ar', 'مجمّد', /هذا الرصيد مجمّد/],
  ])('speaks %s', async (locale, text, sentence) => {
    const { balance } = await shown({ frozen: true }, {}, locale)
    await waitFor(() => expect(balance()).toHaveTextContent(text))
    expect(screen.getByRole('button', { name: sentence })).toBeVisible()
  })

  it('tells the part of several accounts that is frozen, as the amount itself is shown', () => {
    const accounts = [{ frozen: true }, { frozen: false }]
    const part = { exists: true, accounts, amount: 30n, frozen: 10n, uiAmount: 60n, decimals: 1, delegated: 0n }
    const balance = { ...part, paused: false, nonTransferable: false, confidential: false } as unknown as Data
    expect(flagsOf(balance)).toEqual(['partFrozen'])
    expect(sentenceOf('partFrozen', balance, english, undefined)).toMatch(/^2 of it is frozen/)
    expect(flagsOf({ ...balance, exists: false })).toEqual([])
  })
})
