// Refusals: the reasons why a contract makes no report. A contract throws one from `configure` if
// the configuration does not fit, or from `judge` if it cannot judge the subject. Any other
// exception is a defect of the contract, which the host shows as a trap.

export class Refusal extends Error {
  constructor(kind, reason, pointer) {
    super(reason);
    this.name = "Refusal";
    this.kind = kind;
    if (pointer !== undefined) this.pointer = pointer;
  }

  static badConfig(pointer, reason) {
    return new Refusal("bad-config", reason, pointer);
  }

  static notApplicable(reason) {
    return new Refusal("not-applicable", reason);
  }

  static broken(reason) {
    return new Refusal("broken", reason);
  }
}
