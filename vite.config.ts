// One build for the whole city: the shell, the portal's style, the icon sprite, and every island beside its page.
import { readFileSync, readdirSync } from "node:fs";
import { copyFile, mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build, defineConfig, type Plugin } from "vite";

const root = path.dirname(fileURLToPath(import.meta.url));
const source = path.join(root, "src/songcau");
const web = path.join(source, "foundation/shell/web");
const output = path.join(source, "static/dist");
// light-dark() and oklch() reach the browser as written: every browser since the spring of 2024.
const TARGET = ["chrome123", "firefox125", "safari17.5"];

/** Every `…/<app>/islands/<name>.ts` or `…/<app>/pages/islands/<name>.ts`, keyed `<app>/<name>`. */
function islands(): Record<string, string> {
  const found: Record<string, string> = {};
  for (const entry of readdirSync(source, { recursive: true, encoding: "utf-8" })) {
    const file = entry.split(path.sep).join("/");
    const [, app, name] = /([a-z_]+)\/(?:pages\/)?islands\/([a-z_]+)\.ts$/.exec(file) ?? [];
    if (app === undefined || name === undefined) continue;
    const key = `${app}/${name}`;
    if (found[key] !== undefined) throw new Error(`two islands are called ${key}`);
    found[key] = path.join(source, file);
  }
  return found;
}

/** One SVG sprite with the icons that icons.txt lists, and no other. */
function iconSprite(): Plugin {
  const list = path.join(web, "icons.txt");
  return {
    name: "icon-sprite",
    buildStart() {
      this.addWatchFile(list);
      const names = readFileSync(list, "utf-8").split("\n").filter((line) => line !== "" && !line.startsWith("#"));
      const symbols = names.map((name) => {
        const svg = readFileSync(path.join(root, "node_modules/@tabler/icons/icons/outline", `${name}.svg`), "utf-8");
        const shape = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"));
        return `<symbol id="${name}" viewBox="0 0 24 24">${shape.replace(/\s+/g, " ").trim()}</symbol>`;
      });
      this.emitFile({
        type: "asset",
        name: "icons.svg",
        originalFileName: "icons.svg",
        source: `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`,
      });
    },
  };
}

/** The portal's service worker: one plain file under a fixed name, since browsers ask for it again by that name. */
function serviceWorker(): Plugin {
  const entry = path.join(source, "consoles/citizen/web/service_worker.ts");
  return {
    name: "service-worker",
    apply: "build",
    async generateBundle() {
      const made = await build({
        root,
        configFile: false,
        logLevel: "warn",
        publicDir: false,
        build: { write: false, target: TARGET, rolldownOptions: { input: entry, output: { format: "iife" } } },
      });
      const [first] = Array.isArray(made) ? made : [made];
      const chunk = "output" in first ? first.output[0] : undefined;
      if (chunk === undefined) throw new Error("the service worker was not built");
      this.emitFile({ type: "asset", fileName: "citizen/service_worker.js", source: chunk.code });
    },
  };
}

/** The fonts of printed documents, beside the code that prints: Tinos has the metrics of Times New Roman. */
function documentFonts(): Plugin {
  const from = path.join(root, "node_modules/@expo-google-fonts/tinos");
  const to = path.join(source, "foundation/files/documents/fonts");
  return {
    name: "document-fonts",
    apply: "build",
    async closeBundle() {
      await mkdir(to, { recursive: true });
      for (const file of await readdir(from, { recursive: true })) {
        if (file.endsWith(".ttf") || file === "LICENSE_FONT") await copyFile(path.join(from, file), path.join(to, path.basename(file)));
      }
    },
  };
}

/** Packed copies beside each file, which WhiteNoise hands to browsers that take them. */
function packedCopies(): Plugin {
  return {
    name: "packed-copies",
    apply: "build",
    async closeBundle() {
      const files = (await readdir(output, { recursive: true })).filter((file) => /\.(js|mjs|css|svg|json)$/.test(file));
      for (const file of files) {
        const bytes = await readFile(path.join(output, file));
        const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };
        await writeFile(path.join(output, `${file}.gz`), gzipSync(bytes, { level: 9 }));
        await writeFile(path.join(output, `${file}.br`), brotliCompressSync(bytes, brotli));
      }
    },
  };
}

export default defineConfig({
  root,
  base: "/static/dist/",
  publicDir: false,
  resolve: { alias: { "@shell": web } },
  plugins: [iconSprite(), serviceWorker(), documentFonts(), packedCopies()],
  build: {
    outDir: output,
    emptyOutDir: true,
    manifest: "manifest.json",
    target: TARGET,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
    rolldownOptions: {
      input: { shell: path.join(web, "shell.ts"), portal: path.join(web, "portal.css"), ...islands() },
      output: {
        // Twelve hexadecimal digits: what WHITENOISE_IMMUTABLE_FILE_TEST looks for.
        hashCharacters: "hex",
        entryFileNames: "[name].[hash:12].js",
        chunkFileNames: "chunks/[name].[hash:12].js",
        assetFileNames: "assets/[name].[hash:12][extname]",
      },
    },
  },
});
