// Chromium's own push service cannot be reached from a machine without the Internet, where
// `PushManager.subscribe` never answers. This stands in for that one call and keeps what it gave,
// as a browser does; everything else (service worker, permission, notifications) is the browser's.
(() => {
  const KEY = "masil.test.subscription";
  const bytes = (text) =>
    Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  const kept = () => {
    const json = JSON.parse(localStorage.getItem(KEY));
    return json && {
      endpoint: json.endpoint,
      options: { userVisibleOnly: true, applicationServerKey: bytes(json.key).buffer },
      toJSON: () => ({ endpoint: json.endpoint, expirationTime: null, keys: json.keys }),
      unsubscribe: async () => {
        localStorage.removeItem(KEY);
        return true;
      },
    };
  };
  PushManager.prototype.getSubscription = async () => kept();
  PushManager.prototype.subscribe = async ({ applicationServerKey }) => {
    localStorage.setItem(KEY, JSON.stringify({ ...window.masilPush, key: applicationServerKey }));
    return kept();
  };
})();
