export { type SocketPort, serveSockets } from './worker/serveSockets.js'
export { createWorkerWebSocket, type SocketWorker } from './worker/workerWebSocket.js'
