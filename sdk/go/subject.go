package tollgate

// Subjects and their accessors.

import "encoding/json/v2"

// Subject is one AI output under judgement.
type Subject struct {
	// Content is a [Text], a [JSON] or an [Action].
	Content Content
	// Prompt is the prompt version that produced it, or nil if the caller does not know.
	Prompt *Prompt
	// Context is a JSON object with further facts: see [Subject.ReadContext].
	Context string
}

// Content is the content of a subject: a [Text], a [JSON] or an [Action].
type Content interface{ kind() string }

// Text is a text in UTF-8. Its indices are bytes, as the host counts them.
type Text string

// JSON is a JSON document in its original text.
type JSON string

// Action is a tool call that an agent wants to make.
type Action struct {
	Tool string
	// Arguments is JSON in its original text.
	Arguments string
}

// Prompt is a prompt version.
type Prompt struct{ Name, Version, Digest string }

func (Text) kind() string   { return "a text" }
func (JSON) kind() string   { return "a JSON document" }
func (Action) kind() string { return "an action" }

// Of returns a subject without prompt and context, for tests.
func Of(content Content) *Subject {
	return &Subject{Content: content, Context: "{}"}
}

// Text returns the text under judgement. A contract for texts only returns the error.
func (s *Subject) Text() (string, error) {
	if text, ok := s.Content.(Text); ok {
		return string(text), nil
	}
	return "", s.notApplicable("a text")
}

// JSON returns the JSON under judgement: a document, or the arguments of an action.
func (s *Subject) JSON() (string, error) {
	switch content := s.Content.(type) {
	case JSON:
		return string(content), nil
	case Action:
		return content.Arguments, nil
	}
	return "", s.notApplicable("JSON")
}

// Action returns the action under judgement.
func (s *Subject) Action() (Action, error) {
	if action, ok := s.Content.(Action); ok {
		return action, nil
	}
	return Action{}, s.notApplicable("an action")
}

// ReadContext reads the context, such as model, channel or locale, into a value.
func (s *Subject) ReadContext(into any) error {
	if err := json.Unmarshal([]byte(s.Context), into); err != nil {
		return Broken("the context does not fit: " + err.Error())
	}
	return nil
}

func (s *Subject) notApplicable(expected string) error {
	return NotApplicable("this contract judges " + expected + ", but the subject is " + s.Content.kind())
}
