import { defineConfig, type ViteUserConfig } from "vitest/config";
import { builtAssets } from "./build/assets.ts";
import { firstLoadPlugin } from "./build/first-load.ts";

const gate = "http://localhost:8080";

const page: ViteUserConfig = {
  plugins: [firstLoadPlugin()],
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
  test: { include: ["src/**/*.test.ts", "build/**/*.test.ts"], environment: "node" },
};

/** `--mode sw`: one classic script at a fixed address, whose scope is the whole house. */
const serviceWorker = (): ViteUserConfig => ({
  publicDir: false,
  define: { BUILT: JSON.stringify(builtAssets("dist")) },
  build: {
    target: "es2022",
    emptyOutDir: false,
    sourcemap: false,
    lib: { entry: "src/sw.ts", formats: ["iife"], name: "masil", fileName: () => "sw.js" },
  },
});

export default defineConfig(({ mode }) => (mode === "sw" ? serviceWorker() : page));
