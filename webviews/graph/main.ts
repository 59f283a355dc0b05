// The page of the .onnx editor.
import { recordOf } from '../../src/protocol/rpcMessages';
import { textIn } from '../../src/protocol/methods';
import { subject } from '../kit/host';
import { GraphPage } from './page/graphPage';

const page = new GraphPage();
page.path = textIn(recordOf(subject, 'the subject'), 'path');
document.body.append(page);
