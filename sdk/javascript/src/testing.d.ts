/** What the host answers, in the words of `given` in `cases/*.json`. */
export interface Given {
  clock?: number;
  promptText?: string;
  tables?: Record<string, Record<string, string>>;
}

/**
 * From now on the host answers this and nothing else. What the contract logs is found in
 * the list that comes back.
 */
export function given(answers?: Given): { log: { level: string; message: string }[] };
