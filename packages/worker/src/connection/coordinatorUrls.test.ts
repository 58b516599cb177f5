import { describe, expect, it } from 'vitest'
import { coordinatorUrls } from './coordinatorUrls.ts'

describe('coordinatorUrls', () => {
  it.each([
    ['https://gstd.example', 'https://gstd.example/api/v1/parameters', 'wss://gstd.example/api/v1/device'],
    [
      'wss://gstd.example:8443/net/',
      'https://gstd.example:8443/net/api/v1/parameters',
      'wss://gstd.example:8443/net/api/v1/device',
    ],
    ['http://127.0.0.1:7411', 'http://127.0.0.1:7411/api/v1/parameters', 'ws://127.0.0.1:7411/api/v1/device'],
    ['http://localhost:7411/', 'http://localhost:7411/api/v1/parameters', 'ws://localhost:7411/api/v1/device'],
    ['ws://[::1]:7411', 'http://[::1]:7411/api/v1/parameters', 'ws://[::1]:7411/api/v1/device'],
  ])('takes %s', (url, parameters, device) => {
    expect(coordinatorUrls(url)).toEqual({ parameters, device })
  })

  it.each([
    'http://gstd.example',
    'ws://192.168.1.5:7411',
    'ws://0.0.0.0:7411',
    'http://localhost.example',
    'ftp://gstd.example',
    'https://user:secret@gstd.example',
    'gstd.example',
    '',
  ])('refuses %s', (url) => {
    expect(() => coordinatorUrls(url)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }))
  })
})
