// The page of a data set's first samples.
import { PreviewPage } from './previewPage';

document.body.append(new PreviewPage());
