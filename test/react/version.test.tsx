import { createRequire } from 'node:module'
import { WalletProvider } from '@solana/wallet-adapter-react'
import { useQuery } from '@tanstack/react-query'
import { render, screen } from '@testing-library/react'
import { SolBalance } from 'lamplight/components'
import { version } from 'react'
import { version as domVersion } from 'react-dom'
import { createRoot } from 'react-dom/client'
import { renderToString } from 'react-dom/server'
import { expect, it } from 'vitest'
import { useStore } from 'zustand'

it('runs on the one major version of React that this project is about', () => {
  const users = [WalletProvider, useQuery, useStore, SolBalance, createRoot, renderToString]
  expect(users.map((user) => typeof user)).toEqual(users.map(() => 'function'))
  render(<p>{version}</p>)
  expect(screen.getByText(version)).toBeVisible()

  expect(domVersion).toBe(version)
  expect(version.split('.')[0]).toBe(process.env.REACT_MAJOR)
  const files = Object.keys(createRequire(import.meta.url).cache)
  const copies = files.flatMap((file) => /node_modules[\\/](react(?:-dom)?(?:-\d+)?)[\\/]/.exec(file)?.[1] ?? [])
  const suffix = version.startsWith('18.') ? '-18' : ''
  expect([...new Set(copies)].sort()).toEqual([`react${suffix}`, `react-dom${suffix}`])
})
