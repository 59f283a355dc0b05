// The page of a sensitivity analysis.
import { SensitivityPage } from './sensitivityPage';

document.body.append(new SensitivityPage());
