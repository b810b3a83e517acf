package bridge

import (
	"fmt"
	"strings"
	"testing"

	"miohub/platforms"
)

// long is a text of n different words.
func long(word string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%s%04d ", word, i)
	}
	return strings.TrimSpace(b.String())
}

// words counts the different words of posts and fails to count those said twice.
func words(posts []post) int {
	seen := map[string]bool{}
	n := 0
	for _, p := range posts {
		for _, w := range strings.Fields(p.text) {
			if len(w) == 5 && strings.Trim(w[1:], "0123456789") == "" {
				if seen[w] {
					return -1
				}
				seen[w] = true
				n++
			}
		}
	}
	return n
}

func TestLongMessagesGrowAndShrink(t *testing.T) {
	for _, side := range []platforms.ID{google, microsoft} {
		t.Run("from "+string(side), func(t *testing.T) {
			r := newRig(t)
			from, to, who := r.g, r.m, "google-ana"
			if side == microsoft {
				from, to, who = r.m, r.g, "microsoft-ana"
			}
			to.max = 1200
			id := from.say("one", who, "", text(long("a", 200)))
			r.run()
			parts := func(want, least int) {
				t.Helper()
				r.quiet()
				got := to.relayed("one")
				if n := words(got); n != want || len(got) < least {
					t.Fatalf("%d words in %d parts, want %d in %d or more\n%s", n, len(got), want, least, r.state())
				}
				for _, p := range got[1:] {
					if p.root != got[0].id {
						t.Errorf("a part stands in thread %q, not in its message's", p.root)
					}
				}
			}
			parts(200, 3)
			from.correct(id, text(long("b", 20)))
			parts(20, 1)
			from.correct(id, text(long("c", 200))) // parts that were deleted are posted anew
			parts(200, 3)
			from.correct(id, text(long("d", 300)))
			parts(300, 4)
			from.correct(id, text(long("e", 10)))
			from.correct(id, text(long("f", 150)))
			parts(150, 2)
			from.retract(id)
			r.quiet()
			if got := to.relayed("one"); len(got) != 0 {
				t.Errorf("parts are left: %+v", got)
			}
		})
	}
}

func TestAMessageShortenedBeforeItWasSentLeavesNoOldParts(t *testing.T) {
	r := newRig(t)
	r.m.max = 1200
	id := r.g.say("one", "google-ana", "", text(long("a", 200)))
	r.g.correct(id, text("short"))
	r.run()
	r.quiet()
	r.equal(r.m.texts("one"), "ana of google (Google Chat)\nshort")
}

func TestAReplyWaitsForTheRootAndFollowsItsFirstPart(t *testing.T) {
	r := newRig(t)
	r.m.max = 1200
	root := r.g.say("one", "google-ana", "", text(long("a", 100)))
	r.g.say("one", "google-ben", root, text("reply"))
	r.run()
	r.quiet()
	got := r.m.relayed("one")
	if last := got[len(got)-1]; !strings.HasSuffix(last.text, "reply") || last.root != got[0].id {
		t.Errorf("the reply is %+v", last)
	}
}
