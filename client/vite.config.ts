import { defineConfig } from "vitest/config";

const gate = "http://localhost:8080";

export default defineConfig({
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
  },
  server: {
    proxy: {
      "/api": { target: gate, changeOrigin: true },
      "/ws": { target: gate, ws: true, changeOrigin: true, rewriteWsOrigin: true },
    },
  },
  test: { include: ["src/**/*.test.ts"], environment: "node" },
});
