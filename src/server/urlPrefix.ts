// The path that stands before all others, so that the server can live beside others behind one proxy.
import { serverErrors } from './serverErrors';

/** A prefix of `--url-prefix` as it stands before paths: `''` or `/a/b`. Throws ServerError. */
export function checkedPrefix(text: string): string {
  const parts = text.split('/').filter((part) => part !== '');
  if (!parts.every((part) => /^[\w.~-]{1,100}$/.test(part) && !/^\.+$/.test(part)))
    throw serverErrors.prefixUnfit(text);
  return parts.map((part) => `/${part}`).join('');
}
