// Whether a subject is being judged. While a contract is configured, no capability can be called.

let judging = false;

export const isJudging = () => judging;

// A sandbox serves one judgement, so nothing ends it.
export function beginJudging() {
  judging = true;
}
