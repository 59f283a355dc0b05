// The page of the .onnx editor.
import { recordOf } from '../../src/protocol/rpcMessages';
import { textIn } from '../../src/protocol/methods';
import { overlayKeyIn } from '../../src/protocol/panels/graph';
import { subject } from '../kit/host';
import { GraphPage } from './page/graphPage';

const page = new GraphPage();
const fields = recordOf(subject, 'the subject');
page.path = textIn(fields, 'path');
page.overlayAtFirst = fields['overlay'] === undefined ? undefined : overlayKeyIn(fields['overlay']);
page.compareAtFirst = fields['compareWith'] === undefined ? undefined : textIn(fields, 'compareWith');
document.body.append(page);
