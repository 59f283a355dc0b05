// The page of benchmarks side by side.
import { BenchmarksPage } from './benchmarksPage';

document.body.append(new BenchmarksPage());
