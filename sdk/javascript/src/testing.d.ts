/** Answers of the fake host, with the same names as `given` in `cases/*.json`. */
export interface Given {
  clock?: number;
  promptText?: string;
  tables?: Record<string, Record<string, string>>;
}

/**
 * Sets all answers of the host; what is not given is not granted. Returns the list that receives
 * the logged lines.
 */
export function given(answers?: Given): { log: { level: string; message: string }[] };
