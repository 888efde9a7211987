import { resolve } from 'node:path';
import { build } from 'esbuild';

interface BundleOptions {
  /** `development` has the checks of React, such as StrictMode's second mount. Default: `production` */
  mode?: 'development' | 'production';
  /** Default: 19 */
  react?: 18 | 19;
  /** `package` is what `npm run build:client` has made. Default: `sources` */
  client?: 'sources' | 'package';
}

/** An alias, because the workspace has the name of the package. */
const CLIENT_PACKAGE = {
  '@galley/client': resolve('libs/client/package/index.js'),
  '@galley/client/react': resolve('libs/client/package/react.js'),
};

/** A package of its own has the older React, because npm installs one version beside a program. */
const REACT_18 = {
  react: resolve('test/react-18/node_modules/react'),
  'react-dom': resolve('test/react-18/node_modules/react-dom'),
  // An alias goes past the `browser` condition of the package.
  'react-dom/server': resolve('test/react-18/node_modules/react-dom/server.browser.js'),
};

/** Bundles a program for the browser. */
export async function bundle(entry: string, options: BundleOptions = {}): Promise<string> {
  const { mode = 'production', react = 19, client = 'sources' } = options;
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    conditions: ['source'],
    alias: { ...(react === 18 && REACT_18), ...(client === 'package' && CLIENT_PACKAGE) },
    minify: mode === 'production',
    define: { 'process.env.NODE_ENV': JSON.stringify(mode) },
    logLevel: 'error',
  });
  return outputFiles.map(({ text }) => text).join('');
}
