import { hydrateRoot } from 'react-dom/client'
import { HydratedApp, type Sent } from './hydratedApp.js'

const sent = JSON.parse(document.getElementById('sent')?.textContent ?? '') as Sent
hydrateRoot(document.getElementById('root') as HTMLElement, <HydratedApp {...sent} />)
