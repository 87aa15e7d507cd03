// Says what is wrong with a text.

import { contract, report } from "tollgate-sdk";

export default contract({
  /** Judges one text. */
  judge(_config, subject) {
    const _text = subject.text();
    return report([]);
  },
});
