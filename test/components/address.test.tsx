import { render, screen } from '@testing-library/react'
import { userEvent } from '@testing-library/user-event'
import { AddressLabel } from 'lamplight/components'
import { expect, it, vi } from 'vitest'

const ADDRESS = 'EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v'

it('copies the whole address, and says so', async () => {
  const user = userEvent.setup()
  render(<AddressLabel address={ADDRESS} />)
  await user.click(screen.getByRole('button', { name: 'Copy address' }))
  expect(await navigator.clipboard.readText()).toBe(ADDRESS)
  expect(await screen.findByText('Copied')).toHaveAttribute('role', 'status')
})

it('says when a page may not copy', async () => {
  const user = userEvent.setup()
  vi.spyOn(navigator.clipboard, 'writeText').mockRejectedValue(new DOMException('denied', 'NotAllowedError'))
  render(<AddressLabel address={ADDRESS} />)
  await user.click(screen.getByRole('button', { name: 'Copy address' }))
  expect(await screen.findByText('The address could not be copied')).toHaveAttribute('role', 'status')
})

it('says so too where there is no clipboard at all', async () => {
  const user = userEvent.setup()
  vi.spyOn(navigator, 'clipboard', 'get').mockReturnValue(undefined as never)
  render(<AddressLabel address={ADDRESS} />)
  await user.click(screen.getByRole('button', { name: 'Copy address' }))
  expect(await screen.findByText('The address could not be copied')).toHaveAttribute('role', 'status')
  vi.restoreAllMocks()
})
