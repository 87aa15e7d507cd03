package tollgate

import (
	"errors"
	"testing"
)

// A session that reports `mark` for every exclamation mark.
type marks struct {
	at     int
	report Report
}

func (m *marks) Push(part string) (Progress, error) {
	var found []Finding
	for i, character := range part {
		if character == '?' {
			return Progress{}, errors.New("what?")
		}
		if character == '!' {
			found = append(found, Warning("mark", "loud").At(m.at+i, m.at+i+1))
		}
	}
	m.at += len(part)
	m.report.Add(found...)
	return Progress{m.at, found}, nil
}

func (m *marks) Finish() (*Report, error) {
	if m.at == 0 {
		return nil, nil
	}
	return &m.report, nil
}

func beginMarks(config *settings, subject *Subject) (*marks, error) {
	if subject.Context == "" {
		return nil, NotApplicable("no context")
	}
	return &marks{}, nil
}

func judgeMarks(config *settings, subject *Subject) (*Report, error) {
	session, err := beginMarks(config, subject)
	if err != nil {
		return nil, err
	}
	text, err := subject.Text()
	if err != nil {
		return nil, err
	}
	return Whole(session, text)
}

func register(t *testing.T) {
	t.Helper()
	t.Cleanup(func() {
		registered.configure, registered.judge = nil, nil
		streaming.begin, streaming.session = nil, nil
	})
	RegisterStreaming(judgeMarks, beginMarks)
	if err := configure(`{"max": 1}`); err != nil {
		t.Fatal(err)
	}
}

func TestJudgesATextInParts(t *testing.T) {
	register(t)
	if err := begin(Of(Text(""))); err != nil {
		t.Fatal(err)
	}
	for _, part := range []struct {
		text  string
		marks int
	}{{"ä!", 1}, {"", 0}, {"!!", 2}} {
		if progress, err := push(part.text); err != nil || len(progress.Findings) != part.marks {
			t.Error(part, progress, err)
		}
	}
	report, err := finish()
	if err != nil || len(report.Findings) != 3 || report.Findings[1].Place != (Span{3, 4}) {
		t.Error(report, err)
	}
	if _, err := finish(); err == nil {
		t.Error("finished twice")
	}
}

func TestJudgesAWholeTextAsOnePart(t *testing.T) {
	register(t)
	report, err := judge(Of(Text("ä!!")))
	if err != nil || len(report.Findings) != 2 || report.Findings[1].Place != (Span{3, 4}) {
		t.Error(report, err)
	}
	if _, err := judge(Of(Text("?"))); err == nil || err.Error() != "what?" {
		t.Error(err)
	}
}

func TestRefusesCallsInTheWrongOrder(t *testing.T) {
	register(t)
	_, pushed := push("!")
	_, finished := finish()
	refused := begin(&Subject{Content: Text("")})
	_, pushedAgain := push("!")
	for err, message := range map[error]string{
		pushed:      "pushed before it began",
		finished:    "finished before it began",
		refused:     "no context",
		pushedAgain: "pushed before it began",
	} {
		if err == nil || err.Error() != message {
			t.Errorf("%v, not %s", err, message)
		}
	}
}

func TestRefusesASessionWithoutAReport(t *testing.T) {
	register(t)
	if err := begin(Of(Text(""))); err != nil {
		t.Fatal(err)
	}
	if _, err := finish(); err == nil || err.Error() != "neither a report nor an error was returned" {
		t.Error(err)
	}
}

func TestRefusesToBeginWithoutASession(t *testing.T) {
	if err := begin(Of(Text(""))); refusal(err).Kind != KindBroken {
		t.Error(err)
	}
}
