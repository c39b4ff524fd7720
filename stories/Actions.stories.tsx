import { useWallet } from '@solana/wallet-adapter-react'
import type { Meta, StoryObj } from '@storybook/react-vite'
import { type ActionPhase, useTransferSol } from 'lamplight/actions'
import { SolBalance } from 'lamplight/components'
import { useState } from 'react'
import { expect, within } from 'storybook/test'
import { connected, Funded } from './support/funded.js'
import { newAddress } from './support/ledger.js'
import { type Act, act, eventually, narrow, tokens } from './support/scene.js'

/** A button, the balance it takes from, the one it goes to, and how far the action is: what a form of your own is made of. */
function Transfer({ lamports }: { readonly lamports: string }) {
  const owner = useWallet().publicKey
  const [phases, setPhases] = useState<readonly ActionPhase[]>([])
  const [to] = useState(newAddress)
  const { mutate, phase, quote, signature, error } = useTransferSol({
    onProgress: (progress) => setPhases((before) => [...before, progress.phase]),
  })
  const start = () => {
    setPhases([])
    mutate({ to, lamports })
  }
  return (
    <section aria-label="Transfer">
      <p>
        <SolBalance owner={owner} />
      </p>
      <p>
        To: <SolBalance owner={to} />
      </p>
      <p>
        <button type="button" onClick={start}>
          Send {lamports} SOL
        </button>
      </p>
      <p role="status" data-state={phase}>
        {phase}
      </p>
      <ol aria-label="Phases" style={{ fontSize: '0.875rem' }}>
        {phases.map((each, i) => (
          // A phase may come again; its place does not.
          // biome-ignore lint/suspicious/noArrayIndexKey: the list only grows
          <li key={i}>{each}</li>
        ))}
      </ol>
      {quote && <p>It costs {String(quote.networkFee)} lamports.</p>}
      {signature && <p style={{ overflowWrap: 'anywhere' }}>Signature: {signature}</p>}
      {error && <p style={{ overflowWrap: 'anywhere' }}>{error.message}</p>}
    </section>
  )
}

const meta = {
  title: 'Actions/Phases',
  component: Transfer,
  args: { lamports: '0.25' },
  loaders: [tokens()],
  parameters: connected(),
  render: (args) => (
    <Funded lamports={2_000_000_000n} mint="">
      <Transfer {...args} />
    </Funded>
  ),
} satisfies Meta<typeof Transfer>
export default meta
type Story = StoryObj<typeof meta>

type Stage = Pick<Act, 'canvas' | 'userEvent'>
const status = ({ canvas }: Pick<Act, 'canvas'>) => canvas.findByRole('status')
const press = async ({ canvas, userEvent }: Stage) =>
  userEvent.click(await canvas.findByRole('button', { name: /^Send/ }, { timeout: 10_000 }))
const isIn = ({ canvas }: Pick<Act, 'canvas'>, phase: ActionPhase) =>
  eventually(() => expect(canvas.getByRole('status')).toHaveAttribute('data-state', phase))
const walked = ({ canvas }: Pick<Act, 'canvas'>) =>
  within(canvas.getByRole('list', { name: 'Phases' }))
    .queryAllByRole('listitem')
    .map(({ textContent }) => textContent)
const shownBalance = (canvasElement: HTMLElement, text: RegExp) =>
  eventually(() => expect(canvasElement.querySelector('[data-lamp="sol-balance"]')).toHaveTextContent(text))

/** Nothing was asked for. */
export const Idle: Story = {
  play: act(async (scene) => {
    await shownBalance(scene.canvasElement, /^2 SOL/)
    await isIn(scene, 'idle')
  }),
}

/** Accounts are read, and a node tries it: here the node does not answer. */
export const Building: Story = {
  play: act(async (scene) => {
    await shownBalance(scene.canvasElement, /^2 SOL/)
    scene.line.fail({ http: 'hang' })
    await press(scene)
    await isIn(scene, 'building')
    await expect(walked(scene)).toEqual(['building'])
  }),
}

/** The wallet asks its person; what it costs is known. Nothing is pending yet. */
export const Signing: Story = {
  parameters: connected('hang'),
  play: act(async (scene) => {
    await press(scene)
    await isIn(scene, 'signing')
    await expect(scene.canvas.getByText('It costs 5000 lamports.')).toBeVisible()
    await shownBalance(scene.canvasElement, /^2 SOL/)
  }),
}

/** Signed, and no node has it yet: from now on it shows beside the amount. */
export const Sending: Story = {
  play: act(async (scene) => {
    await shownBalance(scene.canvasElement, /^2 SOL/)
    scene.line.fail({ transactions: 'held' })
    await press(scene)
    await isIn(scene, 'sending')
    await expect(scene.canvas.getByText(/^Signature: \w{80,90}$/)).toBeVisible()
    await shownBalance(scene.canvasElement, /^2 SOL−0\.250005 pending/)
    const [, theirs] = scene.canvasElement.querySelectorAll('[data-lamp="sol-balance"]')
    await eventually(() => expect(theirs).toHaveTextContent(/^0 SOL\+0\.25 pending/))
  }),
}

/** A node has it; it is sent again every two seconds until the chain has it. */
export const Confirming: Story = {
  play: act(async (scene) => {
    await shownBalance(scene.canvasElement, /^2 SOL/)
    scene.line.fail({ transactions: 'dropped' })
    await press(scene)
    await isIn(scene, 'confirming')
    await shownBalance(scene.canvasElement, /0\.250005/)
    await expect(walked(scene)).toEqual(['building', 'signing', 'sending', 'confirming'])
  }),
}

/** It is on the chain, and the amount is the chain's again. */
export const Confirmed: Story = {
  play: act(async (scene) => {
    await press(scene)
    await isIn(scene, 'confirmed')
    await shownBalance(scene.canvasElement, /^1\.749995 SOL/)
    await expect(walked(scene)).toEqual(['building', 'signing', 'sending', 'confirming', 'confirmed'])
  }),
}

/** Its person said no: an answer, not an error to try again. */
export const Rejected: Story = {
  parameters: connected('reject'),
  play: act(async (scene) => {
    await press(scene)
    await isIn(scene, 'rejected')
    await expect(scene.canvas.getByText('transfer was refused in the wallet.')).toBeVisible()
    await shownBalance(scene.canvasElement, /^2 SOL/)
  }),
}

/** Found out before the wallet is asked. */
export const Failed: Story = {
  args: { lamports: '2' },
  play: act(async (scene) => {
    await press(scene)
    await isIn(scene, 'failed')
    await expect(scene.canvas.getByText(/it takes 2\.000005 SOL, and 2 can be spent/)).toBeVisible()
    await expect(walked(scene)).toEqual(['building', 'failed'])
  }),
}

/** Every node dropped it until its block was too old: nothing moved, nothing stays pending, and it may be tried again. */
export const Expired: Story = {
  play: act(async (scene) => {
    await shownBalance(scene.canvasElement, /^2 SOL/)
    scene.line.fail({ transactions: 'expired' })
    await press(scene)
    await isIn(scene, 'expired')
    await shownBalance(scene.canvasElement, /^2 SOL/)
    await expect(walked(scene)).toEqual(['building', 'signing', 'sending', 'confirming', 'expired'])
  }),
}

/** After an expiry: the same button builds it anew. As wide as a small phone. */
export const TriedAgain: Story = {
  decorators: [narrow],
  play: act(async (scene) => {
    await shownBalance(scene.canvasElement, /^2 SOL/)
    scene.line.fail({ transactions: 'expired' })
    await press(scene)
    await isIn(scene, 'expired')
    scene.line.mend()
    await press(scene)
    await isIn(scene, 'confirmed')
    await shownBalance(scene.canvasElement, /^1\.749995 SOL/)
    await expect(await status(scene)).toBeVisible()
  }),
}
