package tollgate

// Refusal is why no report could be made. It is an error: return it as one.
type Refusal struct {
	Kind RefusalKind
	// Pointer is where in the configuration, for KindBadConfig.
	Pointer Pointer
	Reason  string
}

// RefusalKind tells refusals apart.
type RefusalKind uint8

// In the order of contract.wit.
const (
	KindBadConfig RefusalKind = iota
	KindNotApplicable
	KindBroken
)

func (r *Refusal) Error() string {
	if r.Kind == KindBadConfig && r.Pointer != "" {
		return "`" + string(r.Pointer) + "`: " + r.Reason
	}
	return r.Reason
}

// BadConfig says that the configuration does not fit: where, and why.
func BadConfig(pointer Pointer, reason string) error {
	return &Refusal{KindBadConfig, pointer, reason}
}

// NotApplicable says that this contract does not judge subjects of this kind.
func NotApplicable(reason string) error { return &Refusal{Kind: KindNotApplicable, Reason: reason} }

// Broken says that anything else is wrong.
func Broken(reason string) error { return &Refusal{Kind: KindBroken, Reason: reason} }
