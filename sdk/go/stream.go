package tollgate

// Judges texts while they are still being written.

// Session judges one text that arrives in parts. Offsets count from the start of the text, and the
// findings must not depend on how the text is cut.
type Session interface {
	// Push judges the next part. New findings are returned, and must be in the report as well.
	Push(part string) (Progress, error)
	// Finish ends the text. It must return the report that judge returns for the whole text.
	Finish() (*Report, error)
}

// Progress is the progress after a part of the text. The zero value settles nothing.
type Progress struct {
	// Settled is the number of bytes from the start that are settled: later text cannot change
	// the findings about them.
	Settled int
	// Findings are those since the last part.
	Findings []Finding
}

// Begin begins to judge a text of which nothing has arrived yet.
type Begin[State any, S Session] func(state State, subject *Subject) (S, error)

// Whole judges a whole text as one part. A judge function can call it, unless it can do better with
// the whole text.
func Whole(session Session, text string) (*Report, error) {
	if _, err := session.Push(text); err != nil {
		return nil, err
	}
	return session.Finish()
}

// RegisterStreaming is [Register] for a contract that can also judge a text while it is still being
// written. Its contract.toml must say `stream = true`.
func RegisterStreaming[Config any, S Session](judge Judge[*Config], begin Begin[*Config, S]) {
	RegisterPreparedStreaming(func(config *Config) (*Config, error) { return config, nil }, judge, begin)
}

// RegisterPreparedStreaming is [RegisterPrepared] for a contract that can also judge streams.
func RegisterPreparedStreaming[Config, State any, S Session](
	prepare func(*Config) (State, error), judge Judge[State], begin Begin[State, S],
) {
	RegisterPrepared(func(config *Config) (State, error) {
		state, err := prepare(config)
		if err == nil && !exportsStream {
			err = Broken("a session is registered, but `contract.toml` does not say `stream = true`")
		}
		streaming.begin = func(subject *Subject) (Session, error) { return begin(state, subject) }
		return state, err
	}, judge)
}

// The registered function, and the session in progress. A sandbox judges one text.
var streaming struct {
	begin   func(*Subject) (Session, error)
	session Session
}

func begin(subject *Subject) error {
	if streaming.begin == nil {
		return Broken("no session is registered: call `tollgate.RegisterStreaming`, or remove " +
			"`stream = true` from `contract.toml`")
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
