// Checks that the types accept and reject the right code. Run by `npm run check`, never executed.

import { clock, config, contract, error, log, lookup, pass, pointer, promptText, report, spanOf, Subject, whole, type Stream } from "tollgate-sdk";
import { given } from "tollgate-sdk/testing";

const shape = config.object({
  max: config.integer({ min: 0 }),
  tone: config.optional(config.oneOf("warm", "plain"), "plain"),
  name: config.optional(config.string()),
});

type Config = config.Of<typeof shape>;
const read: Config = { max: 1, tone: "warm", name: undefined };
// @ts-expect-error unknown tone
const wrong: Config = { ...read, tone: "loud" };

export default contract({
  config: shape,
  configure: ({ max, tone }) => ({ pattern: new RegExp(`!{${max},}`, "g"), tone }),
  judge({ pattern, tone }, subject) {
    // @ts-expect-error the state has no such member
    pattern.nothing;
    const warm: boolean = tone === "warm";
    const matches = [...subject.text().matchAll(pattern)];
    const findings = matches.map((match) => error("tone", "loud", { at: spanOf(match), fix: "." }));
    return report(findings, { warm: Number(warm) });
  },
});

const streaming = contract({
  config: shape,
  judge: ({ max }, subject) => whole(begin(max), subject.text()),
  begin: ({ max }) => begin(max),
});
function begin(max: number): Stream {
  return { push: (part) => ({ settled: part.length }), finish: () => pass({ max }) };
}
const settled: number = streaming.configured({ max: 1 }).begin(Subject.ofText("")).push("").settled;
// @ts-expect-error without a `begin` it judges whole texts only
contract({ judge: () => pass() }).configured().begin;
// @ts-expect-error a stream returns progress
contract({ config: shape, judge: () => pass(), begin: () => ({ push: () => 1, finish: () => pass() }) });

contract({ config: shape, judge: ({ max }) => pass({ max }) });
contract({ judge: () => pass() });
// @ts-expect-error a promise is not a report
contract({ judge: async () => pass() });
// @ts-expect-error a report is made by `report`
contract({ judge: () => true });

const host = given({ tables: { claims: { best: "yes" } } });
const value: string | undefined = lookup.get("claims", "best");
const lines: string[] = host.log.map(({ message }) => message);
log.info(`${clock.now()} ${promptText.read()} ${value} ${wrong} ${settled} ${lines} ${pointer("a", 1)}`);
// @ts-expect-error a subject is made by `ofText`, `ofJson` or `ofAction`
new Subject();
