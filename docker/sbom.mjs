import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/**
 * The software bill of materials of an image of the orders API or of a gateway, in the form of CycloneDX. npm lists what is in the
 * image, because the lock file also has packages that no image contains.
 * @param {string} image
 * @returns {{ bomFormat: string, metadata: { component: object }, components: { name: string, group?: string, version: string }[] }}
 */
function sbomOf(image) {
  const npm = ['npm', 'sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'application'];
  const [entrypoint, ...args] = npm;
  const bill = JSON.parse(
    execFileSync(
      'docker',
      [
        ...['run', '--rm', '--network', 'none', '--read-only', '--tmpfs', '/tmp', '--env', 'HOME=/tmp'],
        ...['--entrypoint', entrypoint, image, ...args],
      ],
      { encoding: 'utf8', maxBuffer: 64 * 1_024 * 1_024 },
    ),
  );
  // npm names it after the folder in the image.
  bill.metadata.component.name = image;
  return bill;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [image] = process.argv.slice(2);
  if (image === undefined) {
    process.stderr.write('Usage: npm run --silent sbom -- IMAGE >FILE\n');
    process.exit(2);
  }
  process.stdout.write(`${JSON.stringify(sbomOf(image), undefined, 2)}\n`);
}
