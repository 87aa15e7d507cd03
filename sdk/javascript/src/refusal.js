// Why a contract makes no report. A refusal is thrown: from `configure` when the
// configuration does not fit, from `judge` when this subject cannot be judged. Any other
// exception is a mistake of the contract, and the host shows it as a trap.

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
