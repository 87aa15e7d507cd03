package tollgate

import "tollgate.dev/sdk/internal/wire"

// Refusal is an error that says why a contract makes no report.
type Refusal struct {
	Kind RefusalKind
	// Pointer is the place in the configuration, for KindBadConfig only.
	Pointer Pointer
	Reason  string
}

// RefusalKind is the kind of a refusal.
type RefusalKind uint8

// The kinds of refusals.
const (
	KindBadConfig     RefusalKind = wire.RefusalBadConfig
	KindNotApplicable RefusalKind = wire.RefusalNotApplicable
	KindBroken        RefusalKind = wire.RefusalBroken
)

func (r *Refusal) Error() string {
	if r.Kind == KindBadConfig && r.Pointer != "" {
		return "`" + string(r.Pointer) + "`: " + r.Reason
	}
	return r.Reason
}

// BadConfig returns the refusal of a configuration, with the place and the reason.
func BadConfig(pointer Pointer, reason string) error {
	return &Refusal{KindBadConfig, pointer, reason}
}

// NotApplicable returns the refusal of a subject whose kind the contract does not judge.
func NotApplicable(reason string) error { return &Refusal{Kind: KindNotApplicable, Reason: reason} }

// Broken returns the refusal for any other reason.
func Broken(reason string) error { return &Refusal{Kind: KindBroken, Reason: reason} }
