// The page of a tuning's history.
import { TuningHistoryPage } from './tuningHistoryPage';

document.body.append(new TuningHistoryPage());
