// What is bundled for `undici`: its parts that the wire uses, without the fetch, caches, mocks and WebSockets around them.
'use strict';
const request = require('undici/lib/api/api-request.js');

exports.Agent = require('undici/lib/dispatcher/agent.js');
exports.request = (url, { dispatcher, ...options }) => {
  const { origin, pathname, search } = new URL(url);
  return request.call(dispatcher, { ...options, origin, path: `${pathname}${search}` });
};
Object.defineProperty(exports, 'EnvHttpProxyAgent', {
  enumerable: true,
  get() {
    // A tunnel is asked for by a method that the package's own entry gives to every dispatcher.
    require('undici/lib/dispatcher/dispatcher.js').prototype.connect = require('undici/lib/api/api-connect.js');
    return require('undici/lib/dispatcher/env-http-proxy-agent.js');
  },
});
