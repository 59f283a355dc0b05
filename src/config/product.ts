// The product's own name and version, from package.json.
import { version } from '../../package.json';

/** Version of this product, as in `--version` and in every report. */
export const productVersion: string = version;
