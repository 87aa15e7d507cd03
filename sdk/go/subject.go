package tollgate

// Reading a subject.

import "encoding/json/v2"

// Subject is one AI output under judgement.
type Subject struct {
	// Content is a [Text], a [JSON] or an [Action].
	Content Content
	// Prompt is the prompt version that produced it; nil where the caller does not know.
	Prompt *Prompt
	// Context is what else is known, a JSON object: see [Subject.ReadContext].
	Context string
}

// Content is what is judged: a [Text], a [JSON] or an [Action].
type Content interface{ kind() string }

// Text is a text in UTF-8. Its indices are bytes, as the host counts them.
type Text string

// JSON is a JSON document, as it was written.
type JSON string

// Action is something that an agent wants to do.
type Action struct {
	Tool string
	// Arguments is JSON, as it was written.
	Arguments string
}

// Prompt is a prompt version.
type Prompt struct{ Name, Version, Digest string }

func (Text) kind() string   { return "a text" }
func (JSON) kind() string   { return "a JSON document" }
func (Action) kind() string { return "an action" }

// Of is a subject of which nothing else is known, for tests.
func Of(content Content) *Subject {
	return &Subject{Content: content, Context: "{}"}
}

// Text is the text under judgement. A contract that only reads texts passes the error on.
func (s *Subject) Text() (string, error) {
	if text, ok := s.Content.(Text); ok {
		return string(text), nil
	}
	return "", s.notApplicable("a text")
}

// JSON is the JSON under judgement: a document, or the arguments of an action.
func (s *Subject) JSON() (string, error) {
	switch content := s.Content.(type) {
	case JSON:
		return string(content), nil
	case Action:
		return content.Arguments, nil
	}
	return "", s.notApplicable("JSON")
}

// Action is the action under judgement.
func (s *Subject) Action() (Action, error) {
	if action, ok := s.Content.(Action); ok {
		return action, nil
	}
	return Action{}, s.notApplicable("an action")
}

// ReadContext reads what else the caller knows into a value of yours.
func (s *Subject) ReadContext(into any) error {
	if err := json.Unmarshal([]byte(s.Context), into); err != nil {
		return Broken("the context does not fit: " + err.Error())
	}
	return nil
}

func (s *Subject) notApplicable(wanted string) error {
	return NotApplicable("this contract judges " + wanted + ", and the subject is " + s.Content.kind())
}
