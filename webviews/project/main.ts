// The page of a project.
import { ProjectPage } from './projectPage';

document.body.append(new ProjectPage());
