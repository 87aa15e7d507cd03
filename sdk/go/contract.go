// Package tollgate is the SDK for contracts in Go: functions that judge the outputs of AI systems.
//
// A contract consists of a configuration type, a function that judges, and one registration:
//
//	type Config struct {
//		Max int `json:"max"`
//	}
//
//	func judge(config *Config, subject *tollgate.Subject) (*tollgate.Report, error) { … }
//
//	func init() { tollgate.Register(judge) }
//
// This file registers contracts. Only the files *_wasm.go depend on WebAssembly; everything else
// is tested as plain Go.
package tollgate

import "errors"

// Judge judges one subject with the configured state. An error that is not a [Refusal] is
// reported as a broken contract.
type Judge[State any] func(state State, subject *Subject) (*Report, error)

// Register registers a function as the contract. Config is read from JSON by [Configure].
func Register[Config any](judge Judge[*Config]) {
	RegisterPrepared(func(config *Config) (*Config, error) { return config, nil }, judge)
}

// RegisterPrepared registers a contract with a step that runs once and may be slow: the host keeps
// the state that prepare returns, and every judgement starts from it.
func RegisterPrepared[Config, State any](prepare func(*Config) (State, error), judge Judge[State]) {
	if registered.configure != nil {
		panic("a contract is registered twice")
	}
	registered.configure = func(text string) error {
		config, err := Configure[Config](text)
		if err != nil {
			return err
		}
		state, err := prepare(config)
		registered.judge = func(subject *Subject) (*Report, error) { return judge(state, subject) }
		return err
	}
}

// The registered contract. A sandbox has one contract and one configuration.
var registered struct {
	configure func(text string) error
	judge     func(*Subject) (*Report, error)
}

func configure(text string) error {
	switch {
	case registered.configure == nil:
		return Broken("no contract is registered: call `tollgate.Register` in `init`")
	case registered.judge != nil:
		return Broken("configured twice")
	}
	return registered.configure(text)
}

func judge(subject *Subject) (*Report, error) {
	if registered.judge == nil {
		return nil, Broken("judged before it was configured")
	}
	report, err := registered.judge(subject)
	if err == nil && report == nil {
		return nil, Broken("neither a report nor an error was returned")
	}
	return report, err
}

// refusal converts any error of a contract to a refusal.
func refusal(err error) *Refusal {
	if refusal, ok := errors.AsType[*Refusal](err); ok {
		return refusal
	}
	return &Refusal{Kind: KindBroken, Reason: err.Error()}
}
