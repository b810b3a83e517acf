package sandbox

import (
	"strings"
	"testing"
)

// refused is what a refusal looks like: a status and words of the answer.
type refused struct {
	code  int
	words []string
	do    func(l *lab) answer
}

func no(code int, words string, do func(l *lab) answer) refused {
	return refused{code: code, words: strings.Split(words, "|"), do: do}
}

// Every refusal in the list is made, and nothing is refused here that the list
// does not name.
func TestRefusals(t *testing.T) {
	cases := map[string]refused{}
	for _, table := range []map[string]refused{signInRefusals(), tokenRefusals(), assertionRefusals(), consoleRefusals(), requestRefusals(),
		directoryRefusals(), chatRefusals(), spaceRefusals(), memberRefusals(), messageRefusals(), reactionRefusals(), mediaRefusals(), pushRefusals(), accountRefusals(), settingRefusals(), roomRefusals(), eventRefusals(), quotaRefusals()} {
		for id, c := range table {
			if _, twice := cases[id]; twice {
				t.Errorf("two cases for %s", id)
			}
			cases[id] = c
		}
	}
	l := newLab(t, 1)
	made := 0
	for _, r := range Refusals() {
		id := strings.TrimPrefix(r.ID, "google.")
		c, ok := cases[id]
		if !ok {
			t.Errorf("%s is listed and never tried", r.ID)
			continue
		}
		delete(cases, id)
		if t.Run(r.ID, func(t *testing.T) {
			l.t = t
			l.calm()
			a := c.do(l)
			if a.code != c.code {
				t.Fatalf("got %d, want %d: %s", a.code, c.code, a.raw)
			}
			for _, w := range c.words {
				if !strings.Contains(a.raw, w) && !strings.Contains(a.header.Get("Location"), w) {
					t.Errorf("answer lacks %q: %s %s", w, a.raw, a.header.Get("Location"))
				}
			}
			if r.Source == "" || r.Test != t.Name() {
				t.Errorf("source %q, test %q", r.Source, r.Test)
			}
		}) {
			made++
		}
	}
	for id := range cases {
		t.Errorf("%s is tried and not listed", id)
	}
	t.Logf("refusals made: %d of %d", made, len(Refusals()))
}
