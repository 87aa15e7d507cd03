// Reports texts that shout.

import { config, contract, error, report } from "tollgate-sdk";

/** Configuration, set by the operator. */
const shape = config.object({
  /** Number of exclamation marks that a text may have. */
  max: config.integer({ min: 0 }),
});

export default contract({
  config: shape,

  /** Judges one text. */
  judge({ max }, subject) {
    const marks = [...subject.text().matchAll(/!/g)];
    const tooMany = marks.slice(max);
    const findings = tooMany.map(({ index }) =>
      error("shouting", "one exclamation mark too many", { at: [index, index + 1], fix: "." }),
    );
    return report(findings, { "exclamation-marks": marks.length });
  },
});
