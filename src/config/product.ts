// The product's own name and version, from package.json.
import { dependencies, version } from '../../package.json';

/** Version of this product, as in `--version` and in every report. */
export const productVersion: string = version;

/** Version of the engine this product is made for, without loading it; jobs report the one they run. */
export const engineVersion: string = dependencies['onnxruntime-node'];
