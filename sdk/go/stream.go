package tollgate

// Judging a text while it is still being written.

// Session judges one text that arrives in parts. Offsets count from the start of the text,
// however it is cut, and what is said of it never depends on the cuts.
type Session interface {
	// Push takes more of the text. What is found goes into the answer, and into the report
	// as well.
	Push(part string) (Progress, error)
	// Finish says that the text is complete. The report is the one that judge gives of the
	// whole of it.
	Finish() (*Report, error)
}

// Progress is what can be said of a text before it is complete. The zero value says nothing.
type Progress struct {
	// Settled is how many bytes from the start are settled: nothing that may still come
	// changes what is said of them.
	Settled int
	// Findings is what was found since the last answer.
	Findings []Finding
}

// Begin begins to judge a text of which nothing is there yet.
type Begin[State any, S Session] func(state State, subject *Subject) (S, error)

// Whole judges a whole text in one part: what judge does, where there is nothing that it
// could do better with all of the text before it.
func Whole(session Session, text string) (*Report, error) {
	if _, err := session.Push(text); err != nil {
		return nil, err
	}
	return session.Finish()
}

// RegisterStreaming is [Register] for a contract that can also judge a text while it is still
// being written. Its manifest says `stream = true`.
func RegisterStreaming[Config any, S Session](judge Judge[*Config], begin Begin[*Config, S]) {
	RegisterPreparedStreaming(func(config *Config) (*Config, error) { return config, nil }, judge, begin)
}

// RegisterPreparedStreaming is [RegisterPrepared] for such a contract.
func RegisterPreparedStreaming[Config, State any, S Session](
	prepare func(*Config) (State, error), judge Judge[State], begin Begin[State, S],
) {
	RegisterPrepared(func(config *Config) (State, error) {
		state, err := prepare(config)
		if err == nil && !exportsStream {
			err = Broken("a session is registered, and `contract.toml` does not say `stream = true`")
		}
		streaming.begin = func(subject *Subject) (Session, error) { return begin(state, subject) }
		return state, err
	}, judge)
}

// How the contract begins, and the session: a sandbox judges one text.
var streaming struct {
	begin   func(*Subject) (Session, error)
	session Session
}

func begin(subject *Subject) error {
	if streaming.begin == nil {
		return Broken("no session is registered: call `tollgate.RegisterStreaming`, or take " +
			"`stream = true` out of `contract.toml`")
	}
	session, err := streaming.begin(subject)
	if err == nil {
		streaming.session = session
	}
	return err
}

func push(part string) (Progress, error) {
	if streaming.session == nil {
		return Progress{}, Broken("pushed before it began")
	}
	return streaming.session.Push(part)
}

func finish() (*Report, error) {
	session := streaming.session
	if session == nil {
		return nil, Broken("finished before it began")
	}
	streaming.session = nil
	report, err := session.Finish()
	if err == nil && report == nil {
		return nil, Broken("neither a report nor an error was returned")
	}
	return report, err
}
