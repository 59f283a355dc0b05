// What a model takes in, asked of the engine.
import type { EngineSession, PortInfo } from '../runtime/session';

/** Opens the model, reads what its inputs are, and closes it. */
export async function inputsOf(open: () => Promise<EngineSession>): Promise<readonly PortInfo[]> {
  const session = await open();
  try {
    return session.inputs;
  } finally {
    await session.close();
  }
}
