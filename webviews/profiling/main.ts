// The page of a profiling.
import { ProfilingPage } from './profilingPage';

document.body.append(new ProfilingPage());
