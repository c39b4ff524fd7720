import { serveSockets } from 'lamplight/worker'

serveSockets()
