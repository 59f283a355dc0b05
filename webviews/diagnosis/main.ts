// The page of a diagnosis.
import { DiagnosisPage } from './diagnosisPage';

document.body.append(new DiagnosisPage());
